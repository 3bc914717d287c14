using TrainService.Formats.Hdf5;

namespace TrainService.Formats.Tests.Hdf5;

/// <summary>Files that h5py wrote (Files/hdf5/make_files.py), and files written here.</summary>
internal static class Hdf5Samples
{
    public static byte[] File(string name) => System.IO.File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Files", "hdf5", name));

    public static Hdf5Group Open(string name) => Hdf5File.Open(new MemoryStream(File(name)), file: name);

    public static byte[] Write(Hdf5Content content)
    {
        using var stream = new MemoryStream();
        Hdf5Writer.Write(stream, content);
        return stream.ToArray();
    }

    /// <summary>A little of everything that is written: groups of all sizes, every type, short and long texts.</summary>
    public static Hdf5Content Everything(params ArrayType[] without)
    {
        var root = new Hdf5Content();
        root.Text("model_config", "{\"name\": \"größer\"}");
        root.Text("empty", "");
        root.Text("long", new string('x', 70_000));
        root.Texts("names", ["one", "two", "drei ü"]);
        root.Texts("none", []);
        root.Texts("many", [.. Enumerable.Range(0, 3000).Select(i => $"a_rather_long_layer_name_{i}/kernel:0")]);
        foreach (ArrayType type in Enum.GetValues<ArrayType>().Except(without)) root.Add($"types/{type}", SampleArrays.Make("a", type, [3, 5], (int)type));
        root.Add("scalar", new NamedArray("s", [], new[] { 2.5f }));
        root.Add("nothing", new NamedArray("n", [0, 4], Array.Empty<float>()));
        for (int i = 0; i < 600; i++) root.Add($"many/array_{i}", new NamedArray("a", [1], new[] { (float)i }));
        for (int i = 0; i < 30; i++) root.Group($"groups/g{i}").Text("name", $"layer_{i}");
        root.Add("deep/er/and/deep/er/kernel:0", new NamedArray("k", [2, 2], new float[] { 1, 2, 3, 4 }));
        root.Group("empty");
        return root;
    }
}
