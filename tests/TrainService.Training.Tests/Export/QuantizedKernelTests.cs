using TrainService.Formats;
using TrainService.Formats.Npy;
using TrainService.Formats.Onnx;
using TrainService.Formats.Safetensors;
using TrainService.NeuralNet.State;
using TrainService.Training.Export;
using TrainService.Training.Inference;
using TrainService.Training.Reuse;
using TrainService.Training.Reuse.Import;
using TrainService.Training.Tests.Export.Onnx;
using TrainService.Training.Tests.Reuse.Onnx;
using static TrainService.Training.Tests.Export.ExportCases;

namespace TrainService.Training.Tests.Export;

/// <summary>Kernels in 8 bits: near to what they were, and every reader makes the same numbers of them.</summary>
public class QuantizedKernelTests
{
    private static readonly string[] Stacks =
    [
        """{"type": "dense", "units": 5, "input_shape": [7]}, "batch_normalization", "relu", {"type": "dense", "units": 3, "use_bias": false}""",
        """{"type": "dense", "units": 4, "input_shape": [3, 5]}""",
        """{"type": "conv1d", "filters": 6, "kernel_size": 3, "groups": 2, "input_shape": [9, 4]}, {"type": "prelu"}""",
        """{"type": "conv2d", "filters": 6, "kernel_size": [3, 2], "groups": 2, "use_bias": false, "input_shape": [6, 6, 4]}, "batch_normalization", "flatten", {"type": "dense", "units": 3}""",
        """{"type": "depthwise_conv2d", "kernel_size": 3, "depth_multiplier": 2, "input_shape": [6, 6, 4]}""",
        """{"type": "separable_conv2d", "filters": 5, "kernel_size": 3, "depth_multiplier": 2, "input_shape": [6, 6, 4]}""",
        """{"type": "conv2d_transpose", "filters": 3, "kernel_size": 3, "strides": 2, "input_shape": [4, 4, 5]}""",
    ];

    public static TheoryData<string> Models => [.. Stacks.Select(Stack)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Each_channel_is_off_by_half_a_step_at_most(string model)
    {
        using LoadedNetwork loaded = Load(model);
        ExportedModel plain = ExportedModel.Of(loaded, half: false), made = ExportedModel.Of(loaded, half: false, eightBits: true);
        made.Quantized.ShouldNotBeEmpty();
        foreach ((string name, NamedArray tensor) in plain.Tensors)
        {
            float[] before = tensor.ToSingles(), after = made.Tensors[name].ToSingles();
            if (!made.Quantized.TryGetValue(name, out QuantizedKernel? kernel))
            {
                name.ShouldNotContain("kernel");
                after.ShouldBe(before);
                continue;
            }
            kernel.Values.Type.ShouldBe(ArrayType.Int8);
            kernel.Values.Shape.ShouldBe(tensor.Shape);
            kernel.Scales.Count.ShouldBeLessThan(tensor.Count);
            // The largest weight of all stands on the grid of its channel.
            float largest = before.Max(Math.Abs), step = largest / 127;
            after.Max(Math.Abs).ShouldBe(largest, 1e-6 * largest);
            for (int i = 0; i < before.Length; i++) Math.Abs(after[i] - before[i]).ShouldBeLessThan((step / 2) + 1e-6f);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Files_of_tensors_come_back_to_the_same_bits(string model)
    {
        using LoadedNetwork loaded = Load(model);
        ExportedModel made = ExportedModel.Of(loaded, half: false, eightBits: true);
        foreach (IReadOnlyList<NamedArray> arrays in new[] { SafetensorsFile.Read(new MemoryStream(Write(made, ExportOptions.Safetensors))).Arrays, NpzFile.Read(new MemoryStream(Write(made, ExportOptions.Npz))) })
        {
            arrays.Count.ShouldBe(made.Tensors.Count + made.Quantized.Count);
            using var state = new NetworkState(made.Network);
            WeightReport report = WeightLoader.Load(state, ArraySource.Of(arrays, made.Network, new Dictionary<string, string>(), null, null));
            (report.Complete, report.Unexpected.Count).ShouldBe((true, 0));
            foreach (Parameter parameter in state.Parameters)
            {
                float[] values = new float[parameter.Shape.Size];
                parameter.Read(values);
                values.ShouldBe(made.Tensors[parameter.Name].ToSingles());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Graphs_come_back_to_the_same_predictions(string model)
    {
        using LoadedNetwork loaded = Load(model);
        ExportedModel made = ExportedModel.Of(loaded, half: false, eightBits: true);
        OnnxModel onnx = OnnxFile.Read(new MemoryStream(Write(made, ExportOptions.Onnx)));
        onnx.Graph.Nodes.Count(n => n.Operator is "DequantizeLinear" or "Cast").ShouldBe(made.Quantized.Count);
        onnx.Graph.Initializers.Count(i => i.Type == ArrayType.Int8).ShouldBe(made.Quantized.Count);
        float[] rows = Rows(made);
        Close(OnnxRun.Predict(onnx, [Input(made, onnx, rows)]).ShouldHaveSingleItem(), Predict(made, rows));
    }

    [OnnxRuntimeFact]
    public void Onnx_Runtime_gives_our_predictions()
    {
        List<(byte[] File, IReadOnlyList<(string, long[], float[])> Inputs)> cases = [];
        List<float[]> expected = [];
        foreach (string model in Stacks)
        {
            using LoadedNetwork loaded = Load(Stack(model));
            foreach (bool fold in new[] { false, true })
            {
                ExportedModel made = ExportedModel.Of(loaded, half: false, fold, eightBits: true);
                byte[] file = Write(made, ExportOptions.Onnx);
                NamedArray input = Input(made, OnnxFile.Read(new MemoryStream(file)), Rows(made));
                cases.Add((file, [(input.Name, [.. input.Shape], input.ToSingles())]));
                expected.Add(Predict(made, Rows(made)));
            }
        }
        IReadOnlyList<(float[][]? Outputs, string? Error)> results = OnnxRuntime.Run(cases);
        string[] wrong = [.. results.Select((r, i) => r.Outputs is { } outputs ? OnnxRun.Difference(outputs[0], expected[i]) is > 1e-5 and var difference ? $"{Stacks[i / 2]}: {difference}" : "" : r.Error!).Where(w => w.Length > 0)];
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void A_channel_of_zeros_stays_one()
    {
        using LoadedNetwork loaded = Load(Stack("""{"type": "dense", "units": 2, "input_shape": [2]}"""), (name, values) =>
        {
            if (name.EndsWith("/kernel", StringComparison.Ordinal)) (values[0], values[1], values[2], values[3]) = (0, 0.3f, 0, -0.5f);
        });
        QuantizedKernel kernel = ExportedModel.Of(loaded, half: false, eightBits: true).Quantized.Values.ShouldHaveSingleItem();
        kernel.Scales.ToSingles().ShouldBe([1, 0.5f / 127]);
        kernel.Values.ToSingles().ShouldBe([0, 76, 0, -127]);
    }

    [Fact]
    public void Scales_that_do_not_fit_are_refused()
    {
        var values = new NamedArray("d/kernel", ArrayType.Int8, [2, 3], new byte[6]);
        Should.Throw<ArrayFormatException>(() => new QuantizedKernel(values, new NamedArray("d/kernel_scale", [2], new float[2])).Dequantized()).Message.ShouldContain("does not spread over [2, 3]");
        Should.Throw<ArrayFormatException>(() => new QuantizedKernel(values, new NamedArray("d/kernel_scale", [1, 2, 3], new float[6])).Dequantized());
    }

    private static NamedArray Input(ExportedModel model, OnnxModel onnx, float[] rows) => new(onnx.Graph.Inputs.ShouldHaveSingleItem().Name, [3, .. model.Network.InputShape.Axes.Select(n => (long)n)], rows);
}
