using System.Buffers.Binary;
using System.Text;
using TrainService.Formats.Tests.Npy;
using TrainService.Formats.Zip;

namespace TrainService.Formats.Tests.Zip;

public class ZipArchiveReaderTests
{
    private static readonly byte[] Text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("to and fro ", 200)));

    [Fact]
    public void Entries_are_unpacked_and_folders_left_out()
    {
        using MemoryStream archive = NpzReaderTests.Zip(("a/", []), ("a/text", Text), ("empty", []));
        ZipArchiveReader reader = ZipArchiveReader.Open(archive);
        reader.Entries.Select(e => e.Name).ShouldBe(["a/text", "empty"]);
        Unpack(reader, 0).ShouldBe(Text);
        Unpack(reader, 1).ShouldBeEmpty();
    }

    [Fact]
    public void An_archive_may_stand_behind_other_bytes_of_a_stream()
    {
        using var stream = new MemoryStream([1, 2, 3, .. NpzReaderTests.Zip(("text", Text)).ToArray()]);
        stream.Position = 3;
        Unpack(ZipArchiveReader.Open(stream), 0).ShouldBe(Text);
    }

    [Fact]
    public void Damaged_archives_are_refused_or_read()
    {
        using MemoryStream archive = NpzReaderTests.Zip(("a/text", Text), ("empty", []), ("b", [1, 2, 3]));
        var limits = new FormatLimits { MaxBytes = 1 << 16, MaxArrays = 100 };
        Mutations.Fuzz(archive.ToArray(), Mutations.Count(3000), 4 << 20, bytes =>
        {
            ZipArchiveReader reader = ZipArchiveReader.Open(new MemoryStream(bytes), limits);
            for (int i = 0; i < reader.Entries.Count; i++) Unpack(reader, i).Length.ShouldBeLessThanOrEqualTo(1 << 16);
        }, "ZIP");
    }

    [Fact]
    public void A_wrong_check_sum_is_noticed()
    {
        byte[] archive = NpzReaderTests.Zip(("text", Text)).ToArray();
        int directory = Find(archive, 0x02014b50);
        archive[directory + 16] ^= 1;
        ZipArchiveReader reader = ZipArchiveReader.Open(new MemoryStream(archive));
        Should.Throw<ArrayFormatException>(() => Unpack(reader, 0)).Problem.ShouldContain("check sum");
    }

    [Fact]
    public void An_entry_that_unpacks_to_more_than_announced_is_stopped()
    {
        byte[] archive = NpzReaderTests.Zip(("text", Text)).ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(archive.AsSpan(Find(archive, 0x02014b50) + 24), 100);
        ZipArchiveReader reader = ZipArchiveReader.Open(new MemoryStream(archive));
        Should.Throw<ArrayFormatException>(() => Unpack(reader, 0)).Problem.ShouldContain("more than the 100 bytes announced");
    }

    [Fact]
    public void A_length_that_deflate_could_not_have_packed_is_refused_unopened()
    {
        byte[] archive = NpzReaderTests.Zip(("text", Text)).ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(archive.AsSpan(Find(archive, 0x02014b50) + 24), 1 << 30);
        Should.Throw<ArrayFormatException>(() => ZipArchiveReader.Open(new MemoryStream(archive))).Problem.ShouldContain("cannot both be true");
    }

    [Fact]
    public void Entries_that_share_their_bytes_are_refused()
    {
        byte[] archive = NpzReaderTests.Zip(("text", Text), ("more", Text)).ToArray();
        int first = Find(archive, 0x02014b50), second = Find(archive, 0x02014b50, first + 4);
        archive.AsSpan(first + 42, 4).CopyTo(archive.AsSpan(second + 42));
        Should.Throw<ArrayFormatException>(() => ZipArchiveReader.Open(new MemoryStream(archive))).Message.ShouldContain("shares bytes");
    }

    [Theory]
    [InlineData(8, 1, "encrypted")]
    [InlineData(10, 12, "method 12")]
    [InlineData(45, 0x40, "outside the archive")]
    public void What_is_not_supported_is_named(int offset, byte value, string reason)
    {
        byte[] archive = NpzReaderTests.Zip(("text", Text)).ToArray();
        archive[Find(archive, 0x02014b50) + offset] = value;
        Should.Throw<ArrayFormatException>(() => ZipArchiveReader.Open(new MemoryStream(archive), file: "a.zip")).Message.ShouldContain(reason);
    }

    [Fact]
    public void Two_entries_of_one_name_are_refused()
        => Should.Throw<ArrayFormatException>(() => ZipArchiveReader.Open(NpzReaderTests.Zip(("a", Text), ("a", Text))))
            .Message.ShouldContain("two entries");

    [Fact]
    public void More_entries_than_allowed_are_refused()
    {
        using MemoryStream archive = NpzReaderTests.Zip([.. Enumerable.Range(0, 20).Select(i => ($"{i}", Text))]);
        Should.Throw<ArrayFormatException>(() => ZipArchiveReader.Open(archive, new FormatLimits { MaxArrays = 10 }))
            .Message.ShouldContain("20 entries");
    }

    [Fact]
    public void A_cut_archive_says_that_its_end_is_missing()
    {
        byte[] archive = NpzReaderTests.Zip(("text", Text)).ToArray();
        for (int length = 0; length < archive.Length; length++)
            Should.Throw<ArrayFormatException>(() => ZipArchiveReader.Open(new MemoryStream(archive, 0, length)));
    }

    [Fact]
    public void Zip64_numbers_are_read()
    {
        // The base library writes ZIP64 fields when it cannot seek back and lengths are unknown; here they are written by hand.
        byte[] content = [1, 2, 3, 4, 5];
        var archive = new List<byte>();
        void U16(int v) => archive.AddRange(BitConverter.GetBytes((ushort)v));
        void U32(uint v) => archive.AddRange(BitConverter.GetBytes(v));
        void U64(long v) => archive.AddRange(BitConverter.GetBytes(v));
        U32(0x04034b50); U16(45); U16(0); U16(0); U32(0); U32(Crc32.Of(content)); U32(uint.MaxValue); U32(uint.MaxValue); U16(1); U16(20);
        archive.Add((byte)'a'); U16(1); U16(16); U64(5); U64(5);
        archive.AddRange(content);
        int directory = archive.Count;
        U32(0x02014b50); U16(45); U16(45); U16(0); U16(0); U32(0); U32(Crc32.Of(content)); U32(uint.MaxValue); U32(uint.MaxValue); U16(1); U16(28); U16(0); U16(0); U16(0); U32(0); U32(uint.MaxValue);
        archive.Add((byte)'a'); U16(1); U16(24); U64(5); U64(5); U64(0);
        int end = archive.Count;
        U32(0x06064b50); U64(44); U16(45); U16(45); U32(0); U32(0); U64(1); U64(1); U64(end - directory); U64(directory);
        U32(0x07064b50); U32(0); U64(end); U32(1);
        U32(0x06054b50); U16(0); U16(0); U16(ushort.MaxValue); U16(ushort.MaxValue); U32(uint.MaxValue); U32(uint.MaxValue); U16(0);
        // A local header without its extra field counted would shift the data: lengths of names and extras come from the local header.
        ZipArchiveReader reader = ZipArchiveReader.Open(new MemoryStream([.. archive]));
        reader.Entries[0].Length.ShouldBe(5);
        Unpack(reader, 0).ShouldBe(content);
    }

    [Fact]
    public void The_check_sum_is_the_one_of_the_specification()
    {
        Crc32.Of("123456789"u8).ShouldBe(0xCBF43926u);
        Crc32 parts = default;
        parts.Append(Text.AsSpan(0, 13));
        parts.Append(Text.AsSpan(13));
        parts.Value.ShouldBe(Crc32.Of(Text));
    }

    private static byte[] Unpack(ZipArchiveReader reader, int entry)
    {
        using Stream stream = reader.OpenEntry(reader.Entries[entry]);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static int Find(byte[] archive, uint signature, int from = 0)
        => from + archive.AsSpan(from).IndexOf(BitConverter.GetBytes(signature));
}
