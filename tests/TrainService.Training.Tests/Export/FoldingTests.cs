using System.IO.Compression;
using System.Text.Json.Nodes;
using TrainService.Formats;
using TrainService.Formats.Onnx;
using TrainService.Formats.Safetensors;
using TrainService.Training.Export;
using TrainService.Training.Export.Folding;
using TrainService.Training.Inference;
using TrainService.Training.Tests.Reuse.Onnx;
using static TrainService.Training.Tests.Export.ExportCases;

namespace TrainService.Training.Tests.Export;

/// <summary>Batch normalizations go into the layers before them: the predictions stay, the layers go, names stay as they were.</summary>
public class FoldingTests
{
    private const string Input = """{"type": "input", "name": "x", "shape": [6, 6, 4]}""";

    public static TheoryData<string, string[]> Stacks => new()
    {
        { """{"type": "dense", "units": 5, "input_shape": [7]}, "batch_normalization", "relu", {"type": "dense", "units": 3, "use_bias": false}, {"type": "batch_normalization", "epsilon": 0.1}""", ["batch_normalization>dense", "batch_normalization_1>dense_1"] },
        { """{"type": "conv1d", "filters": 6, "kernel_size": 3, "groups": 2, "input_shape": [9, 4]}, {"type": "batch_normalization", "center": false}, "global_average_pooling1d" """, ["batch_normalization>conv1d"] },
        { """{"type": "conv2d", "filters": 6, "kernel_size": 3, "groups": 2, "use_bias": false, "input_shape": [6, 6, 4]}, {"type": "batch_normalization", "scale": false}, "relu" """, ["batch_normalization>conv2d"] },
        { """{"type": "depthwise_conv2d", "kernel_size": 3, "depth_multiplier": 2, "input_shape": [6, 6, 4]}, "batch_normalization", "flatten" """, ["batch_normalization>depthwise_conv2d"] },
        { """{"type": "separable_conv2d", "filters": 5, "kernel_size": 3, "depth_multiplier": 2, "input_shape": [6, 6, 4]}, "batch_normalization" """, ["batch_normalization>separable_conv2d"] },
        { """{"type": "conv2d_transpose", "filters": 3, "kernel_size": 3, "strides": 2, "input_shape": [4, 4, 5]}, "batch_normalization" """, ["batch_normalization>conv2d_transpose"] },
        { """{"type": "dense", "units": 4, "input_shape": [3, 5]}, "batch_normalization", "batch_normalization" """, ["batch_normalization>dense", "batch_normalization_1>dense"] },
    };

    public static TheoryData<string, string> Kept => new()
    {
        { Stack("""{"type": "batch_normalization", "input_shape": [4]}, {"type": "dense", "units": 3}"""), "behind the model's input" },
        { Stack("""{"type": "dense", "units": 3, "activation": "relu", "input_shape": [4]}, "batch_normalization" """), "activation relu" },
        { Stack("""{"type": "dense", "units": 3, "input_shape": [4]}, {"type": "dropout", "rate": 0.5}, "batch_normalization" """), "is a dropout" },
        { Graph(Input + """, {"type": "conv2d", "name": "c", "filters": 4, "kernel_size": 1, "inputs": ["x"]}, {"type": "batch_normalization", "name": "b", "inputs": ["c"]}, {"type": "add", "name": "y", "inputs": ["b", "c"]}""", "y"), "others take what 'c' puts out" },
        { Graph(Input + """, {"type": "conv2d", "name": "c", "filters": 4, "kernel_size": 1, "inputs": ["x"]}, {"type": "shared", "name": "d", "layer": "c", "inputs": ["x"]}, {"type": "batch_normalization", "name": "b", "inputs": ["c"]}, {"type": "add", "name": "y", "inputs": ["b", "d"]}""", "y"), "'c' before it is called on several inputs" },
        { Graph(Input + """, {"type": "conv2d", "name": "c", "filters": 4, "kernel_size": 1, "inputs": ["x"]}, {"type": "conv2d", "name": "d", "filters": 4, "kernel_size": 1, "inputs": ["x"]}, {"type": "batch_normalization", "name": "b", "inputs": ["c"]}, {"type": "shared", "name": "e", "layer": "b", "inputs": ["d"]}, {"type": "add", "name": "y", "inputs": ["b", "e"]}""", "y"), "it is called on several inputs" },
        { Graph(Input + """, {"type": "conv2d", "name": "c", "filters": 4, "kernel_size": 1, "inputs": ["x"]}, {"type": "batch_normalization", "name": "b", "inputs": ["c"]}, {"type": "conv2d", "name": "d", "filters": 4, "kernel_size": 1, "inputs": ["x"]}""", "b\", \"d"), "outputs is named after it" },
    };

    [Theory]
    [MemberData(nameof(Stacks))]
    public void Layers_with_kernels_take_normalizations_in(string layers, string[] folded)
    {
        using LoadedNetwork loaded = Load(Stack(layers));
        ExportedModel plain = ExportedModel.Of(loaded, half: false), made = ExportedModel.Of(loaded, half: false, fold: true);
        made.Folding!.Kept.ShouldBeEmpty();
        made.Folding.Folded.Select(f => $"{f.Name}>{f.Into}").ShouldBe(folded);
        string[] gone = [.. made.Folding.Folded.Select(f => f.Name)];
        made.Network.Layers.Select(l => l.Name).ShouldBe(plain.Network.Layers.Select(l => l.Name).Except(gone));
        made.Tensors.Keys.Order().ShouldBe(made.Network.Layers.SelectMany(l => l.Parameters.Select(p => $"{l.Name}/{p.Name}")).Order());
        Agree(loaded, plain, made);
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public void What_cannot_be_folded_stays_and_says_why(string model, string reason)
    {
        using LoadedNetwork loaded = Load(model);
        ExportedModel plain = ExportedModel.Of(loaded, half: false), made = ExportedModel.Of(loaded, half: false, fold: true);
        made.Folding!.Folded.ShouldBeEmpty();
        made.Folding.Kept.ShouldNotBeEmpty();
        foreach (KeptNormalization kept in made.Folding.Kept) kept.Reason.ShouldContain(reason);
        made.Metadata.Model.ToJsonString().ShouldBe(plain.Metadata.Model.ToJsonString());
        Agree(loaded, plain, made);
    }

    [Fact]
    public void Weights_that_would_leave_single_precision_are_left_alone()
    {
        using LoadedNetwork loaded = Load(Stack("""{"type": "dense", "units": 2, "input_shape": [2]}, "batch_normalization" """), (name, values) =>
        {
            if (name.EndsWith("/kernel", StringComparison.Ordinal) || name.EndsWith("/gamma", StringComparison.Ordinal)) Array.Fill(values, 1e30f);
        });
        ExportedModel.Of(loaded, half: false, fold: true).Folding!.Kept.ShouldHaveSingleItem().Reason.ShouldContain("range of single precision");
    }

    [Theory]
    [InlineData("""{"architecture": "mobilenet", "classes": 4, "input_shape": [32, 32, 3]}""")]
    [InlineData("""{"architecture": "mobilenet_v2", "classes": 4, "input_shape": [32, 32, 3]}""")]
    public void Networks_that_are_asked_for_by_name_are_written_out(string model)
    {
        using LoadedNetwork loaded = Load(model);
        ExportedModel plain = ExportedModel.Of(loaded, half: false), made = ExportedModel.Of(loaded, half: false, fold: true);
        made.Folding!.Folded.Count.ShouldBeGreaterThan(10);
        made.Folding.Kept.ShouldBeEmpty();
        made.Value.Descriptor.Name.ShouldBe("functional");
        made.InputName.ShouldBe(plain.InputName);
        Agree(loaded, plain, made);
    }

    [Fact]
    public void Every_format_comes_back_to_the_folded_network()
    {
        using LoadedNetwork loaded = Load(Graph(Input + """, {"type": "conv2d", "name": "c", "filters": 4, "kernel_size": 3, "padding": "same", "use_bias": false, "inputs": ["x"]}, {"type": "batch_normalization", "name": "b", "inputs": ["c"]}, {"type": "add", "name": "s", "inputs": ["b", "x"]}, {"type": "flatten", "name": "f", "inputs": ["s"]}, {"type": "dense", "name": "d", "units": 3, "inputs": ["f"]}, {"type": "batch_normalization", "name": "y", "inputs": ["d"]}""", "y"));
        ExportedModel plain = ExportedModel.Of(loaded, half: false), made = ExportedModel.Of(loaded, half: false, fold: true);
        made.Network.Layers.Select(l => l.Name).ShouldBe(["c", "s", "f", "d"]);
        float[] rows = Rows(plain), expected = Predict(plain, rows);
        OnnxModel onnx = OnnxFile.Read(new MemoryStream(Write(made, ExportOptions.Onnx)));
        onnx.Graph.Nodes.ShouldNotContain(n => n.Operator == "BatchNormalization");
        float[] given = OnnxRun.Predict(onnx, [new NamedArray("x", [3, 6, 6, 4], rows)]).ShouldHaveSingleItem();
        Close(given, expected);
        (IReadOnlyList<NamedArray> arrays, IReadOnlyDictionary<string, string> metadata) = SafetensorsFile.Read(new MemoryStream(Write(made, ExportOptions.Safetensors)));
        arrays.Select(a => a.Name).ShouldBe(["c/kernel", "c/bias", "d/kernel", "d/bias"]);
        using LoadedNetwork again = LoadedNetwork.Load(metadata["metadata"], new MemoryStream(Write(made, ExportOptions.Safetensors)));
        Close(Predict(ExportedModel.Of(again, half: false), rows), expected);
        using var keras = new ZipArchive(new MemoryStream(Write(made, ExportOptions.Keras)));
        JsonNode config = JsonNode.Parse(keras.GetEntry("config.json")!.Open())!["config"]!;
        config["layers"]!.AsArray().Select(l => l!["class_name"]!.GetValue<string>()).ShouldBe(["InputLayer", "Conv2D", "Add", "Flatten", "Dense"]);
        config["layers"]![1]!["config"]!["use_bias"]!.GetValue<bool>().ShouldBeTrue();
        config["output_layers"]![0]![0]!.GetValue<string>().ShouldBe("d");
        foreach (string format in new[] { ExportOptions.Hdf5, ExportOptions.Tfjs, ExportOptions.Npz }) Write(made, format).Length.ShouldBeGreaterThan(0);
        ExportedModel.Of(loaded, half: true, fold: true).Tensors.Values.ShouldAllBe(t => t.Type == ArrayType.Float16);
    }

    private static void Agree(LoadedNetwork loaded, ExportedModel plain, ExportedModel made)
    {
        float[] rows = Rows(plain), expected = Predict(plain, rows);
        expected.Max(Math.Abs).ShouldBeGreaterThan(0.01f);
        Close(Predict(made, rows), expected);
        // What the description says is the network that the tensors fit.
        LoadedNetwork.Read(made.Metadata.Model, "model").Descriptor.Name.ShouldBe(made.Value.Descriptor.Name);
        loaded.State.Network.ShouldBeSameAs(plain.Network);
    }
}
