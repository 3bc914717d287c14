using System.Text;
using TrainService.Formats.Npy;

namespace TrainService.Formats.Tests.Npy;

public class NpyFileTests
{
    [Fact]
    public void What_is_written_reads_back_the_same_in_either_order()
        => SampleArrays.Hold(SampleArrays.Of(SampleArrays.NumPyTypes), array =>
        {
            foreach (bool fortran in new[] { false, true })
            {
                using var stream = new MemoryStream();
                NpyFile.Write(stream, array, fortran);
                stream.Position = 0;
                if (!SampleArrays.Same(NpyFile.Read(stream, "a"), array)) return false;
            }
            return true;
        });

    [Fact]
    public void The_header_is_byte_for_byte_what_NumPy_writes()
    {
        using var stream = new MemoryStream();
        NpyFile.Write(stream, new NamedArray("a", [2, 3], new float[6]));
        byte[] file = stream.ToArray();
        // numpy.save of a float32 array of shape (2, 3): 10 bytes, the dictionary, spaces up to 127, a line feed.
        string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
        file.Length.ShouldBe(128 + 24);
        file.AsSpan(0, 10).ToArray().ShouldBe([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, 118, 0]);
        Encoding.ASCII.GetString(file, 10, 118).ShouldBe(dictionary.PadRight(117) + "\n");
    }

    [Fact]
    public void Fortran_order_is_turned_to_C_order()
    {
        // [[1, 2, 3], [4, 5, 6]] column by column: 1 4 2 5 3 6.
        byte[] file = [.. File("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }"), 1, 4, 2, 5, 3, 6];
        NpyFile.Read(new MemoryStream(file), "a").Bytes.ToArray().ShouldBe([1, 2, 3, 4, 5, 6]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void All_three_versions_are_read(int version)
    {
        byte[] file = [.. File("{'shape': (2L,), 'fortran_order': False, \"descr\": '=i1'}", version), 255, 1];
        NamedArray array = NpyFile.Read(new MemoryStream(file), "a");
        array.Type.ShouldBe(ArrayType.Int8);
        array.ToSingles().ShouldBe([-1, 1]);
    }

    [Theory]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "unpickling runs code")]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "big-endian")]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", "'<c8' is not among")]
    [InlineData("{'descr': '', 'fortran_order': False, 'shape': (1,), }", "is not among")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "structured")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "negative axis")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", "does not fit into any memory")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "63 bits")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,), }", "more than the limit")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (100000000,), }", "the file ends within the elements")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }", "True or False")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, }", "'shape' is missing")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "twice")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}", "unknown key 'x'")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } + exit()", "after the dictionary")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': ([],)}", "whole number")]
    [InlineData("{'descr': '<f4", "does not end")]
    [InlineData("", "'{' is expected")]
    public void A_hostile_header_is_refused_with_its_reason(string header, string reason)
    {
        byte[] file = [.. File(header), 0, 0, 0, 0];
        ArrayFormatException e = Should.Throw<ArrayFormatException>(() => NpyFile.Read(new MemoryStream(file), "weights.npy"));
        e.Message.ShouldContain(reason);
        e.Message.ShouldContain("weights.npy");
        e.Offset.ShouldNotBeNull();
    }

    [Fact]
    public void Bytes_after_the_elements_are_an_error()
    {
        byte[] file = [.. File("{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }"), 1, 2];
        Should.Throw<ArrayFormatException>(() => NpyFile.Read(new MemoryStream(file), "a")).Problem.ShouldContain("after the last element");
    }

    [Fact]
    public void A_bfloat16_array_cannot_be_written()
        => Should.Throw<ArgumentException>(() => NpyFile.Write(Stream.Null, SampleArrays.Make("a", ArrayType.BFloat16, [2], 1)));

    [Fact]
    public void Damaged_files_are_refused_or_read()
    {
        using var stream = new MemoryStream();
        NpyFile.Write(stream, SampleArrays.Make("a", ArrayType.Float32, [3, 4], 1), fortranOrder: true);
        var limits = new FormatLimits { MaxBytes = 1 << 20 };
        Mutations.Fuzz(stream.ToArray(), Mutations.Count(4000), 4 << 20, bytes => NpyFile.Read(new MemoryStream(bytes), "a", limits), "NPY");
    }

    internal static byte[] File(string header, int version = 1)
    {
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)header.Length) : BitConverter.GetBytes(header.Length);
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. Encoding.Latin1.GetBytes(header)];
    }
}
