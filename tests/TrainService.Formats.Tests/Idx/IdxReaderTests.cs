using System.IO.Compression;
using TrainService.Formats.Idx;

namespace TrainService.Formats.Tests.Idx;

public class IdxReaderTests
{
    private static readonly byte[] Images = [0, 0, 0x08, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];

    [Fact]
    public void Bytes_are_read_with_and_without_gzip()
    {
        foreach (byte[] file in new[] { Images, Gzip(Images) })
        {
            NamedArray array = IdxReader.Read(new MemoryStream(file), "images");
            array.Type.ShouldBe(ArrayType.UInt8);
            array.Shape.ShouldBe([2, 1, 3]);
            array.Bytes.ToArray().ShouldBe([1, 2, 3, 4, 5, 6]);
        }
    }

    [Theory]
    [InlineData(0x09, new byte[] { 0xFF }, -1)]
    [InlineData(0x0B, new byte[] { 0xFF, 0x00 }, -256)]
    [InlineData(0x0C, new byte[] { 0, 1, 0, 0 }, 65536)]
    [InlineData(0x0D, new byte[] { 0x3F, 0xC0, 0, 0 }, 1.5)]
    [InlineData(0x0E, new byte[] { 0x40, 0x02, 0, 0, 0, 0, 0, 0 }, 2.25)]
    public void Big_endian_elements_are_turned(byte type, byte[] element, float expected)
        => IdxReader.Read(new MemoryStream([0, 0, type, 1, 0, 0, 0, 1, .. element]), "a").ToSingles().ShouldBe([expected]);

    [Theory]
    [InlineData(new byte[] { }, "the file ends")]
    [InlineData(new byte[] { 1, 0, 8, 1, 0, 0, 0, 0 }, "two zero bytes")]
    [InlineData(new byte[] { 0, 0, 7, 1, 0, 0, 0, 0 }, "0x07 is unknown")]
    [InlineData(new byte[] { 0, 0, 8, 255, 0, 0, 0, 0 }, "255 axes")]
    [InlineData(new byte[] { 0, 0, 8, 1, 255, 255, 255, 255 }, "negative axis")]
    [InlineData(new byte[] { 0, 0, 8, 2, 127, 255, 255, 255, 127, 255, 255, 255 }, "more than the limit")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 2, 1 }, "ends within the elements")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 1, 1, 2 }, "after the last element")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 0, 1 }, "after the last element")]
    public void A_hostile_file_is_refused_with_its_reason(byte[] file, string reason)
    {
        Should.Throw<ArrayFormatException>(() => IdxReader.Read(new MemoryStream(file), "a.idx")).Message.ShouldContain(reason);
        if (file.Length > 0)
            Should.Throw<ArrayFormatException>(() => IdxReader.Read(new MemoryStream(Gzip(file)), "a.idx.gz")).Message.ShouldContain(reason);
    }

    [Fact]
    public void A_gzip_bomb_unpacks_no_further_than_its_header_says()
    {
        byte[] bomb = Gzip([.. Images, .. new byte[50_000_000]]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<ArrayFormatException>(() => IdxReader.Read(new MemoryStream(bomb), "bomb")).Message.ShouldContain("after the last element");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4 << 20);
    }

    [Fact]
    public void Elements_can_be_read_in_parts()
    {
        using IdxReader reader = IdxReader.Open(new ForwardStream(Gzip(Images)));
        byte[] row = new byte[3];
        reader.ReadElements(row);
        row.ShouldBe([1, 2, 3]);
        reader.ReadElements(row);
        row.ShouldBe([4, 5, 6]);
        Should.Throw<ArgumentException>(() => reader.ReadElements(row));
    }

    [Fact]
    public void Damaged_files_are_refused_or_read()
    {
        var limits = new FormatLimits { MaxBytes = 1 << 20 };
        Mutations.Fuzz(Images, Mutations.Count(4000), 4 << 20, bytes => IdxReader.Read(new MemoryStream(bytes), "a", limits), "IDX");
        Mutations.Fuzz(Gzip(Images), Mutations.Count(4000), 4 << 20, bytes => IdxReader.Read(new MemoryStream(bytes), "a", limits), "IDX with gzip");
    }

    private static byte[] Gzip(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(content);
        return stream.ToArray();
    }
}
