using TrainService.Formats.Idx;
using TrainService.Tensors;

namespace TrainService.Benchmarks.Workloads;

/// <summary>The 60,000 training images as Debian's package has them, pixels / 255.</summary>
internal static class FashionMnistRows
{
    private const string Folder = "/usr/share/datasets/fashion-mnist";

    public static (RowSource Inputs, RowSource Targets) Load(float scale = 1 / 255f, float offset = 0)
        => (new ByteRows(Bytes("train-images-idx3-ubyte.gz"), 28 * 28, scale, offset), new ByteRows(Bytes("train-labels-idx1-ubyte.gz"), 1, 1, 0));

    private static byte[] Bytes(string file)
    {
        string path = Path.Combine(Folder, file);
        if (!File.Exists(path)) throw new FileNotFoundException("Install Debian's dataset-fashion-mnist first.", path);
        using FileStream packed = File.OpenRead(path);
        using IdxReader reader = IdxReader.Open(packed, file: file);
        // In one piece: growing with what arrives, and a copy at the end, would stand in the peak of the process's memory.
        byte[] bytes = new byte[reader.ByteCount];
        reader.ReadElements(bytes);
        return bytes;
    }
}
