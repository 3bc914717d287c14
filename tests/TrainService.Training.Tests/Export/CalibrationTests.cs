using System.IO.Compression;
using System.Text.Json.Nodes;
using TrainService.Data.Requests;
using TrainService.Formats;
using TrainService.Formats.Onnx;
using TrainService.Specification.Reading;
using TrainService.Training.Export;
using TrainService.Training.Tests.Export.Onnx;
using TrainService.Training.Tests.Reuse.Onnx;

namespace TrainService.Training.Tests.Export;

/// <summary>Kernels and what they multiply in 8 bits, over ranges measured on a dataset: ONNX Runtime does the products in whole numbers, and its answers are those that the bundle reports.</summary>
[Collection(TrainedNetworksGroup.Name)]
public sealed class CalibrationTests(TrainedNetworks trained)
{
    private const int Rows = 300;

    [OnnxRuntimeFact]
    public async Task Onnx_Runtime_multiplies_whole_numbers_and_is_as_accurate_as_the_bundle_says()
    {
        foreach ((string network, string dataset, string[] fused) in ((string, string, string[])[])[(TrainedNetworks.Dense, "spirals", ["QGemm"]), (TrainedNetworks.Images, "synthetic-fashion", ["QLinearConv", "QGemm"])])
        {
            string folder = Directory.CreateTempSubdirectory("tscalibrated").FullName;
            try
            {
                (ExportOutcome outcome, byte[] bundle) = await trained.ExportAsync(network, new ExportOptions(ExportOptions.Onnx, false, true) { EightBits = true, FoldBatchNormalization = true, Calibrate = dataset });
                outcome.Errors.ShouldBeEmpty();
                ZipFile.ExtractToDirectory(new MemoryStream(bundle), folder);
                JsonNode facts = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "bundle.json")))!, measured = facts["precision_loss"]!["measured"]!;
                double exact = measured["float32"]!["accuracy"]!.GetValue<double>(), rounded = measured["int8"]!["accuracy"]!.GetValue<double>();
                rounded.ShouldBeGreaterThan(exact - 0.02);
                facts["calibration"]!["dataset"]!.GetValue<string>().ShouldBe(dataset);
                // Kernels in a byte each; the rest, biases among it, is small.
                byte[] file = await File.ReadAllBytesAsync(Path.Combine(folder, "model.onnx"));
                if (network == TrainedNetworks.Images) ((double)file.Length).ShouldBeLessThan(0.35 * facts["float32_bytes"]!.GetValue<long>());

                (float[] inputs, float[] targets, float[] expected) = await RowsAsync(network, dataset, bundle);
                OnnxModel model = OnnxFile.Read(new MemoryStream(file));
                long[] shape = [Rows, .. model.Graph.Inputs[0].Axes!.Skip(1).Select(a => a.Size!.Value)];
                string optimized = Path.Combine(folder, "optimized.onnx");
                (float[][]? outputs, string? error) = OnnxRuntime.Run([(file, [(model.Graph.Inputs[0].Name, shape, inputs)])], optimized).ShouldHaveSingleItem();
                error.ShouldBeNull();
                Accuracy(outputs![0], targets).ShouldBe(Accuracy(expected, targets), 0.011);
                // Sums in another order fall to the other side of a tie now and then, and go on as a whole step.
                double[] differences = [.. outputs[0].Zip(expected).Select(p => (double)Math.Abs(p.First - p.Second))];
                differences.Average().ShouldBeLessThan(2e-3);
                string[] operators = [.. OnnxFile.Read(new MemoryStream(await File.ReadAllBytesAsync(optimized))).Graph.Nodes.Select(n => n.Operator)];
                foreach (string name in fused) operators.ShouldContain(name);
                operators.ShouldNotContain("Conv");
                operators.ShouldNotContain("Gemm");
                OnnxRuntime.Script(folder, "check.mjs").Code.ShouldBe(0);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    [OnnxRuntimeFact]
    public async Task Several_inputs_and_outputs_are_calibrated_too()
    {
        string folder = Directory.CreateTempSubdirectory("tscalibrated").FullName;
        try
        {
            (ExportOutcome outcome, byte[] bundle) = await trained.ExportAsync(TrainedNetworks.Ports, new ExportOptions(ExportOptions.Onnx, false, true) { EightBits = true, Calibrate = "named" });
            outcome.Errors.ShouldBeEmpty();
            ZipFile.ExtractToDirectory(new MemoryStream(bundle), folder);
            (int code, string output) = OnnxRuntime.Script(folder, "check.mjs");
            code.ShouldBe(0, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Ranges_hold_what_was_seen_and_layers_that_only_move_numbers_keep_them()
    {
        (_, byte[] bundle) = await trained.ExportAsync(TrainedNetworks.Images, new ExportOptions(ExportOptions.Onnx, false, true) { EightBits = true, Calibrate = "synthetic-fashion" });
        using var archive = new ZipArchive(new MemoryStream(bundle));
        JsonNode calibration = (await JsonNode.ParseAsync(await archive.GetEntry("bundle.json")!.OpenAsync()))!["calibration"]!;
        Dictionary<string, (double Min, double Max)> ranges = calibration["activations"]!.AsArray().ToDictionary(a => a!["name"]!.GetValue<string>(), a => (a!["min"]!.GetValue<double>(), a["max"]!.GetValue<double>()));
        ranges.Keys.ShouldBe(["input", "reshape", "conv2d", "relu", "conv2d_1", "max_pooling2d", "flatten", "dense"], ignoreOrder: true);
        ranges["reshape"].ShouldBe(ranges["input"]);
        (ranges["max_pooling2d"], ranges["flatten"]).ShouldBe((ranges["conv2d_1"], ranges["conv2d_1"]));
        ranges["conv2d_1"].Min.ShouldBe(0);
        ranges["conv2d"].Min.ShouldBeLessThan(0);
        // Its pixels are from 0 to 255, or scaled to 1.
        ranges["input"].Min.ShouldBe(0);
        calibration["rows"]!.GetValue<int>().ShouldBe(256);
    }

    [Theory]
    [InlineData("nowhere", "not_found")]
    [InlineData("spirals", "impossible_shape")]
    public async Task A_dataset_that_is_not_there_or_does_not_fit_is_told_at_its_place(string dataset, string code)
    {
        (ExportOutcome outcome, byte[] file) = await trained.ExportAsync(TrainedNetworks.Images, new ExportOptions(ExportOptions.Onnx, false, true) { EightBits = true, Calibrate = dataset });
        (outcome.Errors.ShouldHaveSingleItem().Pointer, outcome.Errors[0].Code, file.Length).ShouldBe(("/calibrate", code, 0));
    }

    /// <summary>Rows of the dataset, their targets, and what the exported file gives when it is taken in here again.</summary>
    private async Task<(float[] Inputs, float[] Targets, float[] Expected)> RowsAsync(string network, string dataset, byte[] bundle)
    {
        var errors = new SpecErrors();
        TrainService.Data.Split rows = (await trained.WithAsync(network, n => trained.Service.Evaluation.RowsAsync(n, dataset, DatasetPart.Train, "/calibrate", errors, default)))!;
        float[] inputs = new float[Rows * rows.Inputs.RowLength], targets = new float[Rows];
        for (int i = 0; i < Rows; i++)
        {
            rows.Inputs.CopyRow(i, inputs.AsSpan(i * rows.Inputs.RowLength, rows.Inputs.RowLength));
            rows.Targets.CopyRow(i, targets.AsSpan(i, 1));
        }
        using var archive = new ZipArchive(new MemoryStream(bundle));
        using var file = new MemoryStream();
        await using (Stream entry = await archive.GetEntry("model.onnx")!.OpenAsync()) await entry.CopyToAsync(file);
        file.Position = 0;
        OnnxModel model = OnnxFile.Read(file);
        long[] shape = [Rows, .. model.Graph.Inputs[0].Axes!.Skip(1).Select(a => a.Size!.Value)];
        return (inputs, targets, OnnxRun.Predict(model, [new NamedArray("x", shape, inputs)])[0]);
    }

    private static double Accuracy(float[] outputs, float[] targets)
    {
        int classes = outputs.Length / targets.Length;
        return targets.Select((t, i) => outputs.AsSpan(i * classes, classes).ToArray().Index().MaxBy(p => p.Item).Index == (int)t ? 1.0 : 0).Average();
    }
}
