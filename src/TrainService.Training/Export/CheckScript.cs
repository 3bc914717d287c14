namespace TrainService.Training.Export;

/// <summary>A Python script that checks an exported file against its golden outputs, in the program that the file is for.</summary>
internal static class CheckScript
{
    public static string Text(string format, string file) => $$""""
        """Checks {{file}}: its bytes, {{(Runs(format) is { } program ? $"and that {program} makes of the golden inputs what the service made of them" : "its tensors, and, where Keras is installed, what a network with them makes of the golden inputs")}}.

        Needs numpy{{(IsKeras(format) ? " and keras" : format == ExportOptions.Onnx ? " and onnxruntime" : "")}}. Ends with 0 when all is well.
        """
        import hashlib
        import json
        import os
        import sys

        import numpy as np

        here = os.path.dirname(os.path.abspath(__file__))
        facts = json.load(open(os.path.join(here, "bundle.json"), encoding="utf-8"))
        path = os.path.join(here, facts["file"]["name"])
        golden = np.load(os.path.join(here, "golden.npz"))

        digest = hashlib.sha256(open(path, "rb").read()).hexdigest()
        if digest != facts["file"]["sha256"]:
            sys.exit("the file is not the one that was exported: its check sum differs")
        inputs = [golden[name].astype("float32") for name in facts["golden"]["inputs"]]


        {{(IsKeras(format) ? KerasCheck : format == ExportOptions.Onnx ? OnnxCheck : ArrayCheck(format))}}
        expected = [golden[name] for name in facts["golden"]["outputs"]]
        largest = max(float(np.abs(np.asarray(given, "float64") - wanted).max()) for given, wanted in zip(outputs, expected))
        print(f"largest difference {largest:.3g}, allowed {facts['golden']['tolerance']:.3g}")
        sys.exit(0 if largest <= facts["golden"]["tolerance"] else 1)

        """";

    /// <summary>The same in JavaScript, for TensorFlow.js.</summary>
    public const string Tfjs = """
        // Checks that TensorFlow.js makes of the golden inputs what the service made of them.
        // Needs node and npm's @tensorflow/tfjs. Ends with 0 when all is well.
        import { readFileSync } from "node:fs";
        import * as tf from "@tensorflow/tfjs";

        const read = (name) => readFileSync(new URL(name, import.meta.url));
        const { modelTopology, weightsManifest } = JSON.parse(read("model.json"));
        const golden = JSON.parse(read("golden.json"));
        const shard = read(weightsManifest[0].paths[0]);
        const model = await tf.loadLayersModel({
          load: async () => ({
            modelTopology,
            weightSpecs: weightsManifest[0].weights,
            weightData: shard.buffer.slice(shard.byteOffset, shard.byteOffset + shard.byteLength),
          }),
        });
        const inputs = golden.inputs.map(({ data, shape }) => tf.tensor(data, shape));
        const outputs = [model.predict(inputs.length > 1 ? inputs : inputs[0])].flat().map((tensor) => tensor.dataSync());
        const largest = Math.max(...golden.outputs.map(({ data }, k) => data.reduce((most, y, i) => Math.max(most, Math.abs(y - outputs[k][i])), 0)));
        console.log(`largest difference ${largest.toPrecision(3)}, allowed ${golden.tolerance.toPrecision(3)}`);
        process.exit(outputs.length === golden.outputs.length && largest <= golden.tolerance ? 0 : 1);

        """;

    /// <summary>The same for ONNX Runtime in JavaScript.</summary>
    public const string OnnxNode = """
        // Checks that ONNX Runtime makes of the golden inputs what the service made of them.
        // Needs node and npm's onnxruntime-node. Ends with 0 when all is well.
        import { readFileSync } from "node:fs";
        import { fileURLToPath } from "node:url";
        import * as ort from "onnxruntime-node";

        const golden = JSON.parse(readFileSync(new URL("golden.json", import.meta.url)));
        const session = await ort.InferenceSession.create(fileURLToPath(new URL("model.onnx", import.meta.url)));
        const inputs = golden.inputs.map(({ data, shape }, i) => [session.inputNames[i], new ort.Tensor("float32", Float32Array.from(data), shape)]);
        const results = await session.run(Object.fromEntries(inputs));
        const outputs = session.outputNames.map((name) => results[name].data);
        const largest = Math.max(...golden.outputs.map(({ data }, k) => data.reduce((most, y, i) => Math.max(most, Math.abs(y - outputs[k][i])), 0)));
        console.log(`largest difference ${largest.toPrecision(3)}, allowed ${golden.tolerance.toPrecision(3)}`);
        process.exit(outputs.length === golden.outputs.length && largest <= golden.tolerance ? 0 : 1);

        """;

    private const string OnnxCheck = """
        import onnxruntime

        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        outputs = session.run(None, {taken.name: given for taken, given in zip(session.get_inputs(), inputs)})
        """;

    private const string KerasCheck = """
        import keras

        model = keras.models.load_model(path, compile=False)
        outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        """;

    private static string ArrayCheck(string format) => $$"""
        def tensors():
            {{(format == ExportOptions.Npz ? "file = np.load(path)\n    return {name: file[name] for name in file.files}" : SafetensorsReader)}}


        found = tensors()
        for tensor in facts["tensors"]:
            there = found[tensor["name"]]
            if list(there.shape) != tensor["shape"] or hashlib.sha256(np.ascontiguousarray(there).tobytes()).hexdigest() != tensor["sha256"]:
                sys.exit(f"{tensor['name']} is not what was exported")
        print(f"{len(facts['tensors'])} tensors are as exported")

        try:
            from train import build
        except ImportError as missing:
            print(f"outputs not compared: {missing}")
            sys.exit(0)
        # Kernels in 8 bits have their scales beside them.
        scales = {name: name + "_scale" for name in found if found[name].dtype == "int8"}
        model = build()
        for layer in model.layers:
            own = [tensor["name"] for tensor in facts["tensors"] if tensor["name"].rsplit("/", 1)[0] == layer.name and tensor["name"] not in scales.values()]
            layer.set_weights([found[name].astype("float32") * (found[scales[name]] if name in scales else 1) for name in own])
        outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        """;

    private const string SafetensorsReader = """
        data = open(path, "rb").read()
            size = int.from_bytes(data[:8], "little")
            kinds = {"F32": "<f4", "F16": "<f2", "I8": "i1"}
            return {
                name: np.frombuffer(data[8 + size:][entry["data_offsets"][0]:entry["data_offsets"][1]], kinds[entry["dtype"]]).reshape(entry["shape"])
                for name, entry in json.loads(data[8:8 + size]).items() if name != "__metadata__"
            }
        """;

    private static string? Runs(string format) => IsKeras(format) ? "Keras" : format == ExportOptions.Onnx ? "ONNX Runtime" : null;

    private static bool IsKeras(string format) => format is ExportOptions.Keras or ExportOptions.Hdf5;
}
