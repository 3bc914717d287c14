using System.IO.Compression;
using System.Text.Json.Nodes;
using TrainService.Formats;
using TrainService.Formats.Npy;
using TrainService.Formats.Onnx;
using TrainService.Training.Export;
using TrainService.Training.Reuse;
using TrainService.Training.Tests.Export.Onnx;
using TrainService.Training.Tests.Reuse.Onnx;

namespace TrainService.Training.Tests.Export;

/// <summary>Networks that our engine trained, opened by the programs that people have: the predictions are ours to 1e-5.</summary>
[Collection(TrainedNetworksGroup.Name)]
public sealed class TrainedExportTests(TrainedNetworks trained)
{
    private static readonly string[] Networks = [TrainedNetworks.Dense, TrainedNetworks.Images, TrainedNetworks.Ports];

    [OnnxRuntimeFact]
    public async Task Onnx_Runtime_TensorFlow_js_and_h5wasm_predict_as_we_do()
    {
        List<(byte[], IReadOnlyList<(string, long[], float[])>)> graphs = [];
        List<(string, IReadOnlyList<NamedArray>)> layers = [];
        List<float[][]> graphsWanted = [], layersWanted = [];
        string root = Directory.CreateTempSubdirectory("tstrained").FullName;
        try
        {
            foreach (string network in Networks)
                foreach (string format in new[] { ExportOptions.Onnx, ExportOptions.Tfjs, ExportOptions.Hdf5 })
                    foreach (bool fold in new[] { false, true })
                    {
                        string folder = Path.Combine(root, $"{network}-{format}-{fold}");
                        (NamedArray[] inputs, NamedArray[] outputs) = await BundleAsync(network, new ExportOptions(format, false, true) { FoldBatchNormalization = fold }, folder);
                        float[][] wanted = [.. outputs.Select(o => o.ToSingles())];
                        if (format == ExportOptions.Onnx)
                        {
                            byte[] file = await File.ReadAllBytesAsync(Path.Combine(folder, "model.onnx"));
                            OnnxModel model = OnnxFile.Read(new MemoryStream(file));
                            graphs.Add((file, [.. model.Graph.Inputs.Zip(inputs).Select(p => (p.First.Name, p.Second.Shape.ToArray(), p.Second.ToSingles()))]));
                            graphsWanted.Add(wanted);
                        }
                        else
                        {
                            layers.Add((Path.Combine(folder, format == ExportOptions.Tfjs ? "model.json" : "model.h5"), inputs));
                            layersWanted.Add(wanted);
                        }
                    }
            Compare(OnnxRuntime.Run(graphs), graphsWanted);
            Compare(OnnxRuntime.RunLayers(root, layers), layersWanted);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [H5pyTheory]
    [InlineData(TrainedNetworks.Dense)]
    [InlineData(TrainedNetworks.Images)]
    [InlineData(TrainedNetworks.Ports)]
    public async Task H5py_finds_what_NumPy_predicts_the_same_with(string network)
    {
        string root = Directory.CreateTempSubdirectory("tstrained").FullName;
        try
        {
            foreach (string format in new[] { ExportOptions.Keras, ExportOptions.Hdf5 })
            {
                string folder = Path.Combine(root, format);
                (NamedArray[] inputs, NamedArray[] outputs) = await BundleAsync(network, new ExportOptions(format, false, true), folder);
                float[][] given = OnnxRuntime.RunPython(Path.Combine(folder, $"model.{format}"), Path.Combine(folder, "golden.npz"), inputs.Select(i => i.Name));
                Compare([(given, null)], [[.. outputs.Select(o => o.ToSingles())]]);
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Theory]
    [InlineData(ExportOptions.Keras)]
    [InlineData(ExportOptions.Hdf5)]
    [InlineData(ExportOptions.Tfjs)]
    [InlineData(ExportOptions.Onnx)]
    public async Task What_goes_out_comes_back_to_the_same_bits(string format)
    {
        foreach (string network in Networks)
        {
            (ExportOutcome outcome, byte[] file) = await trained.ExportAsync(network, new ExportOptions(format, false, false));
            outcome.Errors.ShouldBeEmpty();
            ImportOutcome back = await trained.ImportAsync(file);
            back.Errors.ShouldBeEmpty($"{network} as {format}");
            back.Report!.Unexpected.ShouldBeEmpty();
            (await trained.TensorsAsync(back.Checkpoint!.Id)).ShouldBe(await trained.TensorsAsync(await trained.CheckpointAsync(network)), ignoreOrder: true, $"{network} as {format}");
        }
    }

    [Fact]
    public async Task Networks_with_several_inputs_and_outputs_go_out_in_every_format_with_a_bundle()
    {
        foreach (string format in ExportOptions.Formats)
        {
            string folder = Directory.CreateTempSubdirectory("tsports").FullName;
            try
            {
                (NamedArray[] inputs, NamedArray[] outputs) = await BundleAsync(TrainedNetworks.Ports, new ExportOptions(format, false, true), folder);
                inputs.Select(i => (i.Name, string.Join(',', i.Shape))).ShouldBe([("x_right", "4,2"), ("x_left", "4,4,4,1")]);
                outputs.Select(o => (o.Name, string.Join(',', o.Shape))).ShouldBe([("y_kind", "4,3"), ("y_amount", "4,2")]);
                string script = await File.ReadAllTextAsync(Path.Combine(folder, "train.py"));
                script.ShouldContain("""keras.Model([t["right"], t["left"]], [t["kind"], t["amount"]]""");
                script.ShouldContain("""x, y = [data["x_right"], data["x_left"]], [data["y_kind"], data["y_amount"]]""");
                script.ShouldContain("loss_weights=[1, 0.5]");
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    /// <summary>Unpacks the bundle; its golden arrays, in the order that bundle.json says.</summary>
    private async Task<(NamedArray[] Inputs, NamedArray[] Outputs)> BundleAsync(string network, ExportOptions options, string folder)
    {
        (ExportOutcome outcome, byte[] file) = await trained.ExportAsync(network, options);
        outcome.Errors.ShouldBeEmpty();
        ZipFile.ExtractToDirectory(new MemoryStream(file), folder);
        JsonNode golden = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "bundle.json")))!["golden"]!;
        Dictionary<string, NamedArray> arrays = NpzFile.Read(new MemoryStream(await File.ReadAllBytesAsync(Path.Combine(folder, "golden.npz")))).ToDictionary(a => a.Name);
        arrays.Count.ShouldBe(golden["inputs"]!.AsArray().Count + golden["outputs"]!.AsArray().Count);
        return (Named("inputs"), Named("outputs"));

        NamedArray[] Named(string which) => [.. golden[which]!.AsArray().Select(n => arrays[n!.GetValue<string>()])];
    }

    private static void Compare(IReadOnlyList<(float[][]? Outputs, string? Error)> given, IReadOnlyList<float[][]> wanted)
    {
        given.Count.ShouldBe(wanted.Count);
        for (int i = 0; i < wanted.Count; i++)
        {
            float[][] outputs = given[i].Outputs ?? throw new InvalidOperationException($"case {i}: {given[i].Error}");
            outputs.Length.ShouldBe(wanted[i].Length);
            for (int k = 0; k < outputs.Length; k++)
            {
                outputs[k].Length.ShouldBe(wanted[i][k].Length);
                OnnxRun.Difference(outputs[k], wanted[i][k]).ShouldBeLessThan(1e-5, $"case {i}, output {k}");
            }
        }
    }
}
