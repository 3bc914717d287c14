// node run_layers.mjs CASES.json: runs TensorFlow.js on each case ({file, inputs: [{shape, data}]}) and prints its outputs, or why not. A file is the model.json
// of a Layers model, or a whole-model .h5: its description and its tensors are then what h5wasm finds in it.
import { readFileSync } from "node:fs";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import h5wasm from "h5wasm/node";

function layersModel(file) {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(file, "utf8"));
  const shards = weightsManifest.flatMap((group) => group.paths.map((name) => readFileSync(path.join(path.dirname(file), name))));
  const bytes = Buffer.concat(shards);
  return { modelTopology, weightSpecs: weightsManifest.flatMap((group) => group.weights), weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) };
}

async function kerasModel(file) {
  await h5wasm.ready;
  const root = new h5wasm.File(file, "r");
  const weights = root.get("model_weights");
  const specs = [], values = [];
  for (const layer of weights.attrs.layer_names.value)
    for (const name of weights.get(layer).attrs.weight_names.value) {
      const tensor = weights.get(`${layer}/${name}`);
      specs.push({ name: name.replace(/:0$/, ""), shape: tensor.shape, dtype: "float32" });
      values.push(...tensor.value);
    }
  const topology = { model_config: JSON.parse(root.attrs.model_config.value) };
  root.close();
  return { modelTopology: topology, weightSpecs: specs, weightData: Float32Array.from(values).buffer };
}

const results = [];
for (const { file, inputs } of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  try {
    const artifacts = file.endsWith(".h5") ? await kerasModel(file) : layersModel(file);
    const model = await tf.loadLayersModel({ load: async () => artifacts });
    const given = inputs.map(({ shape, data }) => tf.tensor(data, shape));
    const outputs = [model.predict(given.length > 1 ? given : given[0])].flat();
    results.push({ outputs: outputs.map((tensor) => ({ data: Array.from(tensor.dataSync()) })) });
  } catch (error) {
    results.push({ error: String(error) });
  }
}
console.log(JSON.stringify(results));
