using System.Buffers.Binary;
using System.IO.Compression;
using TrainService.Formats.Pictures;

namespace TrainService.Formats.Tests.Pictures;

public class PngImageTests
{
    // Checksum of an empty IEND chunk, as every PNG file ends: annex A of the specification's own example.
    private static readonly byte[] End = [0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xae, 0x42, 0x60, 0x82];

    [Theory]
    [InlineData(3, 2, 1)]
    [InlineData(2, 3, 3)]
    public void What_is_written_reads_back(int width, int height, int channels)
    {
        byte[] pixels = [.. Enumerable.Range(0, width * height * channels).Select(i => (byte)(i * 37))];
        byte[] png = PngImage.Write(width, height, channels, pixels);
        png[..8].ShouldBe([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
        png[^12..].ShouldBe(End);
        BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)).ShouldBe(width);
        BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)).ShouldBe(height);
        png[24].ShouldBe((byte)8);
        png[25].ShouldBe(channels == 1 ? (byte)0 : (byte)2);

        int length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(33));
        using var zlib = new ZLibStream(new MemoryStream(png, 41, length), CompressionMode.Decompress);
        var rows = new byte[height * ((width * channels) + 1)];
        zlib.ReadExactly(rows);
        for (int y = 0; y < height; y++)
            rows.AsSpan((y * ((width * channels) + 1)) + 1, width * channels).ToArray().ShouldBe(pixels.AsSpan(y * width * channels, width * channels).ToArray());
    }

    [Fact]
    public void Pixels_must_fit_the_size() => Should.Throw<ArgumentException>(() => PngImage.Write(2, 2, 1, new byte[3]));
}
