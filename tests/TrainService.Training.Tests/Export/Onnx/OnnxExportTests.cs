using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Data.Preprocessing;
using TrainService.Formats;
using TrainService.Formats.Onnx;
using TrainService.Formats.Safetensors;
using TrainService.NeuralNet.Catalog;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Specification.Reading;
using TrainService.Specification.Writing;
using TrainService.Tensors;
using TrainService.Tensors.Threading;
using TrainService.Training.Checkpoints;
using TrainService.Training.Compilation;
using TrainService.Training.Export;
using TrainService.Training.Export.Onnx;
using TrainService.Training.Inference;
using TrainService.Training.Reuse.Import;
using TrainService.Training.Tests.Reuse.Onnx;

namespace TrainService.Training.Tests.Export.Onnx;

/// <summary>Every layer as an ONNX graph: ONNX Runtime gives our predictions, and so does the file taken in again, with the same bits of weights.</summary>
public class OnnxExportTests
{
    private const int Rows = 3;

    private static readonly string[] Image =
    [
        """{"type": "conv2d", "filters": 4, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "relu"}""", """{"type": "conv2d", "filters": 6, "kernel_size": [3, 2], "dilation_rate": 2, "groups": 3}""",
        """{"type": "conv2d", "filters": 4, "kernel_size": 3, "use_bias": false}, "batch_normalization", "relu", {"type": "dense", "units": 5, "activation": "softmax"}""",
        """{"type": "depthwise_conv2d", "kernel_size": 3, "depth_multiplier": 2, "padding": "same"}""", """{"type": "separable_conv2d", "filters": 4, "kernel_size": 3, "strides": 2}""",
        """{"type": "conv2d_transpose", "filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}""", """{"type": "conv2d_transpose", "filters": 4, "kernel_size": [4, 1], "strides": [2, 3]}""",
        """{"type": "conv2d_transpose", "filters": 4, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1}""", """{"type": "conv2d_transpose", "filters": 4, "kernel_size": 3, "strides": 3, "output_padding": [1, 2]}""",
        """{"type": "conv2d_transpose", "filters": 4, "kernel_size": 4, "strides": 3, "padding": "same", "output_padding": 0}""",
        """{"type": "max_pooling2d", "pool_size": 3, "strides": 2, "padding": "same"}""", """{"type": "average_pooling2d", "pool_size": 3, "strides": 2, "padding": "same"}""", "\"max_pooling2d\"", "\"average_pooling2d\"",
        "\"global_average_pooling2d\"", """{"type": "global_max_pooling2d", "keepdims": true}""", """{"type": "zero_padding2d", "padding": [[1, 0], [2, 3]]}, {"type": "conv2d", "filters": 2, "kernel_size": 2}""",
        """{"type": "cropping2d", "cropping": [[1, 0], [2, 1]]}""", """{"type": "up_sampling2d", "size": [2, 3]}""", """{"type": "up_sampling2d", "size": 2, "interpolation": "bilinear"}""",
        """{"type": "resizing", "height": 9, "width": 4}""", """{"type": "resizing", "height": 10, "width": 3, "interpolation": "nearest"}""",
        """{"type": "prelu", "shared_axes": [1, 2]}""", "\"prelu\"", "\"local_response_normalization\"", """{"type": "group_normalization", "groups": 3}""", """{"type": "group_normalization", "groups": -1, "scale": false}""",
        """{"type": "layer_normalization", "axis": [1, 2, 3]}""", """{"type": "layer_normalization", "axis": [1, 3]}""", "\"layer_normalization\"", """{"type": "softmax", "axis": 1}""", """{"type": "softmax", "axis": [1, 2]}""", "\"softmax\"",
        """{"type": "flatten"}, {"type": "dense", "units": 5, "activation": "gelu"}""", """{"type": "permute", "dims": [3, 1, 2]}""", """{"type": "reshape", "target_shape": [12, 18]}, {"type": "dense", "units": 2}""",
        """{"type": "rescaling", "scale": 0.5, "offset": 0.1}, {"type": "dropout", "rate": 0.5}, "scalar_bias", "scalar_multiplier", {"type": "gaussian_noise", "stddev": 1}, {"type": "spatial_dropout2d", "rate": 0.5}""",
        """{"type": "normalization", "axis": [1, 3]}""", """{"type": "normalization", "axis": null, "mean": [0.5], "variance": [2], "invert": true}""", """{"type": "batch_normalization", "center": false, "scale": false}""",
        """{"type": "activity_regularization", "l2": 0.1}, {"type": "alpha_dropout", "rate": 0.1}, {"type": "gaussian_dropout", "rate": 0.1}, {"type": "activation", "activation": "tanh"}""",
    ];

    private static readonly string[] Sequence =
    [
        """{"type": "conv1d", "filters": 4, "kernel_size": 3, "padding": "causal", "dilation_rate": 2}""", """{"type": "conv1d", "filters": 6, "kernel_size": 3, "padding": "same", "strides": 2, "groups": 3}""",
        """{"type": "max_pooling1d", "padding": "same"}""", "\"average_pooling1d\"", "\"global_max_pooling1d\"", """{"type": "global_average_pooling1d", "keepdims": true}""", """{"type": "zero_padding1d", "padding": 2}""",
        """{"type": "cropping1d", "cropping": [1, 2]}""", """{"type": "up_sampling1d", "size": 2}""", """{"type": "dense", "units": 4}""", "\"layer_normalization\"", "\"local_response_normalization\"", "\"batch_normalization\"",
        """{"type": "spatial_dropout1d", "rate": 0.5}, {"type": "group_normalization", "groups": 2}""",
    ];

    private static readonly string[] Row =
    [
        .. Registries.Activations.Descriptors.Select(c => c.Name).Select(a => $$"""{"type": "dense", "units": 9, "activation": "{{a}}"}"""),
        """{"type": "relu", "negative_slope": 0.1, "max_value": 1, "threshold": 0.2}""", """{"type": "relu", "max_value": 0.5}""", """{"type": "leaky_relu", "negative_slope": 0.2}""", """{"type": "gelu", "approximate": true}""",
        """{"type": "relu", "threshold": 0.3}""", "\"batch_normalization\"", """{"type": "group_normalization", "groups": 3}""", "\"local_response_normalization\"", "\"layer_normalization\"", "\"normalization\"",
    ];

    private static readonly string[] Graphs =
    [
        """{"type": "input", "name": "x", "shape": [5, 5, 3]}, {"type": "conv2d", "name": "a", "filters": 4, "kernel_size": 3, "inputs": ["x"]}, {"type": "conv2d", "name": "b", "filters": 4, "kernel_size": 3, "inputs": ["x"]}, {"type": "add", "name": "s", "inputs": ["a", "b"]}, {"type": "subtract", "name": "d", "inputs": ["s", "b"]}, {"type": "multiply", "name": "m", "inputs": ["a", "b", "d"]}, {"type": "average", "name": "v", "inputs": ["m", "a", "b"]}, {"type": "maximum", "name": "y1", "inputs": ["v", "a"]}, {"type": "minimum", "name": "y2", "inputs": ["y1", "b"]}, {"type": "concatenate", "name": "c", "inputs": ["y1", "y2", "a"]}, {"type": "conv2d", "name": "k", "filters": 4, "kernel_size": 1, "inputs": ["c"]}, {"type": "scaled_add", "name": "sa", "scale": 0.3, "inputs": ["y1", "y2"]}, {"type": "concatenate", "name": "y", "axis": 1, "inputs": ["sa", "k"]}|y""",
        """{"type": "input", "name": "x", "shape": [4, 6]}, {"type": "dense", "name": "a", "units": 5, "inputs": ["x"]}, {"type": "dense", "name": "b", "units": 5, "inputs": ["x"]}, {"type": "dot", "name": "d", "axes": [2, 2], "normalize": true, "inputs": ["a", "b"]}, {"type": "dot", "name": "e", "axes": [1, 2], "inputs": ["d", "d"]}, {"type": "flatten", "name": "y", "inputs": ["e"]}|y""",
        """{"type": "input", "name": "x", "shape": [6, 6, 2]}, {"type": "fake_quantization", "name": "q", "min": -2, "max": 2, "inputs": ["x"]}, {"type": "max_pooling2d", "name": "m", "inputs": ["q"]}, {"type": "fake_quantization", "name": "y", "min": -2, "max": 2, "inputs": ["m"]}|y""",
        """{"type": "input", "name": "x", "shape": [6]}, {"type": "embedding", "name": "e", "input_dim": 20, "output_dim": 3, "inputs": ["x"]}, {"type": "conv1d", "name": "c", "filters": 4, "kernel_size": 3, "inputs": ["e"]}, {"type": "global_max_pooling1d", "name": "y", "inputs": ["c"]}|y""",
        """{"type": "input", "name": "p", "shape": [4, 4, 2]}, {"type": "input", "name": "q", "shape": [3]}, {"type": "flatten", "name": "f", "inputs": ["p"]}, {"type": "concatenate", "name": "c", "inputs": ["f", "q"]}, {"type": "dense", "name": "y", "units": 3, "activation": "softmax", "inputs": ["c"]}, {"type": "dense", "name": "z", "units": 1, "inputs": ["q"]}|y", "z""",
        """{"type": "input", "name": "p", "shape": [4]}, {"type": "input", "name": "q", "shape": [4]}, {"type": "dense", "name": "d", "units": 3, "inputs": ["p"]}, {"type": "shared", "name": "d2", "layer": "d", "inputs": ["q"]}, {"type": "subtract", "name": "y", "inputs": ["d", "d2"]}|y""",
        """{"type": "input", "name": "p", "shape": [4]}, {"type": "input", "name": "q", "shape": [4]}, {"type": "absolute_difference", "name": "a", "inputs": ["p", "q"]}, {"type": "masking_noise", "name": "n", "rate": 0.5, "inputs": ["a"]}, {"type": "kl_sparsity", "name": "k", "inputs": ["n"]}, {"type": "gaussian_sampling", "name": "y", "inputs": ["k", "q"]}|y""",
        """{"type": "input", "name": "p", "shape": [4, 4, 2]}, {"type": "conv2d", "name": "a", "filters": 3, "kernel_size": 2, "inputs": ["p"]}, {"type": "conv2d", "name": "b", "filters": 3, "kernel_size": 2, "inputs": ["p"]}, {"type": "absolute_difference", "name": "y", "inputs": ["a", "b"]}, {"type": "euclidean_distance", "name": "z", "inputs": ["a", "b"]}|y", "z""",
    ];

    internal static IEnumerable<string> All => Image.Select(l => Stack(l, "[6, 6, 6]")).Concat(Sequence.Select(l => Stack(l, "[7, 6]"))).Concat(Row.Select(l => Stack(l, "[9]"))).Concat(Graphs.Select(Graph));

    [OnnxRuntimeFact]
    public void Onnx_Runtime_gives_our_predictions_for_every_layer()
    {
        List<(string Text, Exported Case)> cases = [.. All.Select(m => (m, new Exported(m)))];
        IReadOnlyList<(float[][]? Outputs, string? Error)> results = OnnxRuntime.Run([.. cases.Select(c => (c.Case.File, c.Case.Inputs))]);
        List<string> wrong = [];
        for (int i = 0; i < cases.Count; i++)
        {
            if (results[i].Outputs is not { } outputs) wrong.Add($"{cases[i].Text}: {results[i].Error}");
            else if (Difference(outputs, cases[i].Case.Expected) is > 1e-5 and var difference) wrong.Add($"{cases[i].Text}: {difference}");
            cases[i].Case.Dispose();
        }
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Every_layer_comes_back_with_the_same_weights_and_predictions()
    {
        List<string> wrong = [];
        // Lengths of vectors are no operator that is read.
        foreach (string text in All.Where(t => !t.Contains("\"normalize\"", StringComparison.Ordinal) && !t.Contains("euclidean_distance", StringComparison.Ordinal)))
        {
            using var exported = new Exported(text);
            OnnxModel model = OnnxFile.Read(new MemoryStream(exported.File));
            try
            {
                float[][] given = OnnxRun.Predict(model, [.. exported.Inputs.Select(x => new NamedArray(x.Name, x.Shape, x.Data))]);
                if (Difference(given, exported.Expected) is > 1e-5 and var difference) wrong.Add($"{text}: {difference}");
                string[] known = [.. exported.Tensors.Select(Bits)], back = [.. OnnxRun.Weights(model).Select(Bits)];
                if (known.Except(back).Any()) wrong.Add($"{text}: not the same bits");
            }
            catch (TrainService.Training.Reuse.Import.Onnx.OnnxRefusal refusal)
            {
                wrong.Add($"{text}: {refusal.Message}");
            }
        }
        wrong.ShouldBeEmpty();
    }

    [OnnxRuntimeFact]
    public void Kernels_that_were_pruned_go_out_sparse_and_ONNX_Runtime_reads_them()
    {
        const string model = """{"type": "conv2d", "filters": 16, "kernel_size": 3, "input_shape": [8, 8, 4], "activation": "relu"}, "flatten", {"type": "dense", "units": 24}""";
        byte[][] files = [.. new[] { 1, 5 }.Select(every =>
        {
            using LoadedNetwork loaded = ExportCases.Load(ExportCases.Stack(model), (name, values) =>
            {
                for (int i = 0; name.EndsWith("/kernel", StringComparison.Ordinal) && i < values.Length; i++) values[i] = i % every == 0 ? values[i] : 0;
            });
            return ExportCases.Write(ExportedModel.Of(loaded, half: false), ExportOptions.Onnx);
        })];
        // A number and its place take 12 bytes in place of 4: of five one is left.
        ((double)files[1].Length).ShouldBeLessThan(0.7 * files[0].Length);
        // GraphProto's field 15, sparse_initializer, is read back as an ordinary array.
        OnnxModel read = OnnxFile.Read(new MemoryStream(files[1]));
        foreach (string kernel in new[] { "conv2d/kernel", "dense/kernel" })
            read.Graph.Initializers.Single(i => i.Name == kernel).ToSingles().Average(v => v == 0 ? 1.0 : 0).ShouldBe(0.8, 0.01);
        float[] rows = [.. Enumerable.Range(0, 3 * 256).Select(i => MathF.Sin(i * 1.7f))];
        float[][] given = OnnxRuntime.Run([(files[1], [(read.Graph.Inputs[0].Name, [3, 8, 8, 4], rows)])]).ShouldHaveSingleItem().Outputs!;
        OnnxRun.Difference(given[0], OnnxRun.Predict(read, [new NamedArray("x", [3, 8, 8, 4], rows)])[0]).ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void Every_layer_of_the_catalog_is_among_them()
    {
        string all = string.Join('\n', All);
        Registries.Layers.Descriptors.Select(c => c.Name).Where(n => !all.Contains($"\"{n}\"", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    // Biases of 0 and scales of 1 that a layer has not are made for it, so names and numbers of tensors may differ; bits of those that there were may not.
    private static string Bits(float[] values) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.Order().ToArray().AsSpan())));

    private static string Stack(string layers, string shape)
    {
        var list = JsonNode.Parse($"[{layers}]")!.AsArray();
        var first = list[0] is JsonValue name ? new JsonObject { ["type"] = name.GetValue<string>() } : list[0]!.DeepClone().AsObject();
        first["input_shape"] = JsonNode.Parse(shape);
        return new JsonObject { ["type"] = "sequential", ["layers"] = new JsonArray([first, .. list.Skip(1).Select(l => l!.DeepClone())]) }.ToJsonString();
    }

    private static string Graph(string text) => $$"""{"type": "functional", "layers": [{{text[..text.LastIndexOf('|')]}}], "outputs": ["{{text[(text.LastIndexOf('|') + 1)..]}}"]}""";

    private static double Difference(float[][] given, float[][] expected) => given.Length == expected.Length ? given.Zip(expected).Max(p => OnnxRun.Difference(p.First, p.Second)) : double.PositiveInfinity;

    /// <summary>A model with numbers in all its tensors, its ONNX file, and what it makes of some rows.</summary>
    private sealed class Exported : IDisposable
    {
        private readonly NetworkState _state;

        public Exported(string json)
        {
            var errors = new SpecErrors();
            using JsonDocument document = JsonDocument.Parse(json);
            if (ImportedModel.Read(document.RootElement, null, null, errors) is not { } read) throw new InvalidOperationException($"{json}: {errors.All[0].Detail}");
            _state = new NetworkState(read.Network);
            _state.Initialize(7);
            foreach (Parameter p in _state.Parameters)
                if (p.Shape.Rank <= 3) p.Write([.. Enumerable.Range(0, (int)p.Shape.Size).Select(i => 0.75f + (0.5f * MathF.Sin(i + p.Name.Length)))]);
            TensorSnapshot snapshot = TensorSnapshot.OfWeights(_state);
            snapshot.Take();
            using var weights = new MemoryStream();
            SafetensorsFile.Write(weights, [.. snapshot.Arrays]);
            weights.Position = 0;
            int[] shape = [.. read.Network.InputShape.Axes];
            var metadata = new CheckpointMetadata
            {
                Model = SpecWriter.Write(read.Model), InputShape = shape, Loss = SpecWriter.Write(JobVocabulary.All.WithDefaults("loss", "mse")), Preprocessing = JsonNode.Parse(new FittedPreprocessing { InputShape = shape }.ToJson()),
            };
            using LoadedNetwork loaded = LoadedNetwork.Load(metadata.ToJson(), weights);
            OnnxModel model = OnnxExport.Make(ExportedModel.Of(loaded, half: false));
            using var file = new MemoryStream();
            OnnxWriter.Write(file, model);
            File = file.ToArray();
            float[] rows = [.. Enumerable.Range(0, Rows * (int)read.Network.InputShape.Size).Select(i => json.Contains("embedding", StringComparison.Ordinal) ? i * 7 % 20 : MathF.Sin(i * 1.7f) * 2)];
            Inputs = Split(model, rows, (int)read.Network.InputShape.Size);
            Expected = Predict(rows);
        }

        public byte[] File { get; }

        public IReadOnlyList<(string Name, long[] Shape, float[] Data)> Inputs { get; }

        public float[][] Expected { get; }

        /// <summary>The numbers of each tensor.</summary>
        public IReadOnlyList<float[]> Tensors => [.. _state.Parameters.Where(p => p.Name.Split('/')[^1] is not ("mean" or "variance" or "bias" or "scale" or "alpha" or "beta" or "gamma")).Select(p =>
        {
            float[] values = new float[p.Shape.Size];
            p.Read(values);
            return values;
        })];

        public void Dispose() => _state.Dispose();

        private static List<(string, long[], float[])> Split(OnnxModel model, float[] rows, int length)
        {
            List<(string, long[], float[])> inputs = [];
            int offset = 0;
            foreach (OnnxValueInfo info in model.Graph.Inputs)
            {
                long[] shape = [.. info.Axes!.Skip(1).Select(a => a.Size!.Value)];
                int own = (int)shape.Aggregate(1L, (a, b) => a * b), at = offset;
                inputs.Add((info.Name, [Rows, .. shape], [.. Enumerable.Range(0, Rows).SelectMany(r => rows.AsSpan((r * length) + at, own).ToArray())]));
                offset += own;
            }
            return inputs;
        }

        private float[][] Predict(float[] rows)
        {
            int width = (int)_state.Network.OutputShape.Size;
            float[] outputs = new float[Rows * width];
            using var pool = new ComputePool(1);
            using ComputeTeam team = pool.LeaseBeside();
            using var session = new InferenceSession(_state, Rows, team);
            session.Predict(new FloatRows(rows, (int)_state.Network.InputShape.Size), [.. Enumerable.Range(0, Rows)], outputs);
            return [.. TrainService.NeuralNet.Graph.OutputRange.Of(_state.Network).Select(range => Enumerable.Range(0, Rows).SelectMany(r => outputs.AsSpan((r * width) + range.Offset, range.Length).ToArray()).ToArray())];
        }
    }
}
