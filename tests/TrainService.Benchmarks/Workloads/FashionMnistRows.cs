using System.IO.Compression;
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
        using GZipStream stream = new(File.OpenRead(path), CompressionMode.Decompress);
        return IdxReader.Read(stream, file).Bytes.ToArray();
    }
}
