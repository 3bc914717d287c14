using TrainService.Formats;
using TrainService.Formats.Onnx;

namespace TrainService.Training.Tests.Reuse.Onnx;

/// <summary>ONNX's nine well-known topologies with constant weights. Their input is i / n for each of its n numbers (onnx/backend/test/runner).</summary>
public class OnnxModelTests
{
    [Theory]
    [InlineData("densenet121")]
    [InlineData("inception_v1")]
    [InlineData("inception_v2")]
    [InlineData("resnet50")]
    [InlineData("shufflenet")]
    [InlineData("squeezenet")]
    [InlineData("zfnet512")]
    [InlineData("bvlc_alexnet", true)]
    [InlineData("vgg19", true)]
    public void A_light_topology_gives_its_output(string name, bool large = false)
    {
        string folder = Path.Combine(Shared, "assets", "onnx", "light");
        // Half a gigabyte of weights takes seconds: with the long forms only. In a clone without the shared folder there is nothing to read.
        if (!Directory.Exists(folder) || (large && Environment.GetEnvironmentVariable("TRAINSERVICE_FUZZ") is null)) return;
        OnnxModel model = Read(Path.Combine(folder, $"light_{name}.onnx"), OnnxFile.Read);
        float[] golden = Read(Path.Combine(folder, $"light_{name}_output_0.pb"), (s, _, file) => OnnxFile.ReadTensor(s, file)).ToSingles();
        HashSet<string> constants = [.. model.Graph.Initializers.Select(i => i.Name)];
        long[] shape = [.. model.Graph.Inputs.Single(i => !constants.Contains(i.Name)).Axes!.Select(a => a.Size!.Value)];
        int count = (int)shape.Aggregate(1L, (a, b) => a * b);
        float[] given = OnnxRun.Predict(model, [new NamedArray("x", shape, Enumerable.Range(0, count).Select(i => (float)i / count).ToArray())])[0];
        OnnxRun.Difference(given, golden).ShouldBeLessThan(1e-5);
    }

    private static string Shared => Environment.GetEnvironmentVariable("TRAINSERVICE_SHARED") is { Length: > 0 } named ? named : Path.Combine(Root(), "..", "shared");

    private static T Read<T>(string path, Func<Stream, FormatLimits?, string, T> read)
    {
        using FileStream stream = File.OpenRead(path);
        return read(stream, null, Path.GetFileName(path));
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TrainService.sln"))) folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
