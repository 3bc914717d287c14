using System.IO.Compression;
using System.Security.Cryptography;

namespace TrainService.Data.Fashion;

/// <summary>
/// One of the four files. What is checked is the unpacked content, so that it does not matter who packed it: the mirrors and Debian packed the same
/// bytes, but not in the same way.
/// </summary>
/// <param name="Name">Without <c>.gz</c>.</param>
/// <param name="Length">Bytes, unpacked.</param>
/// <param name="Sha256">Of the unpacked bytes.</param>
internal sealed record FashionMnistFile(string Name, long Length, string Sha256)
{
    public static readonly FashionMnistFile TrainImages = new("train-images-idx3-ubyte", 47_040_016,
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888");
    public static readonly FashionMnistFile TrainLabels = new("train-labels-idx1-ubyte", 60_008,
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9");
    public static readonly FashionMnistFile TestImages = new("t10k-images-idx3-ubyte", 7_840_016,
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b");
    public static readonly FashionMnistFile TestLabels = new("t10k-labels-idx1-ubyte", 10_008,
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34");

    public static IReadOnlyList<FashionMnistFile> All { get; } = [TrainImages, TrainLabels, TestImages, TestLabels];

    /// <summary>Its path in <paramref name="folder"/>, packed or not; null when it isn't there.</summary>
    public string? Find(string folder)
        => new[] { Path.Combine(folder, Name + ".gz"), Path.Combine(folder, Name) }.FirstOrDefault(File.Exists);

    /// <summary>The unpacked bytes of a file that may be packed, checked. Throws <see cref="InvalidDataException"/>.</summary>
    public byte[] Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        byte[] content = new byte[Length];
        int got = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        if (got < content.Length || stream.ReadByte() >= 0 || Convert.ToHexStringLower(SHA256.HashData(content)) != Sha256)
            throw new InvalidDataException($"{path} is damaged: its content is not {Name} (SHA-256 {Sha256}).");
        return content;
    }
}
