// node run_onnx.mjs CASES.json: runs ONNX Runtime on each case ({model, inputs: [{name, shape, data}]}) and prints their outputs, or why not. optimized: where
// to write the graph that it makes of the model before it runs it.
import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-node";

const results = [];
for (const { model, inputs, optimized } of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  try {
    const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 4, ...(optimized && { optimizedModelFilePath: optimized }) });
    const feeds = Object.fromEntries(inputs.map((i) => [i.name, new ort.Tensor("float32", Float32Array.from(i.data), i.shape)]));
    const outputs = await session.run(feeds);
    results.push({ outputs: session.outputNames.map((name) => ({ name, shape: outputs[name].dims, data: Array.from(outputs[name].data, (n) => (Number.isFinite(n) ? n : null)) })) });
  } catch (error) {
    results.push({ error: String(error) });
  }
}
console.log(JSON.stringify(results));
