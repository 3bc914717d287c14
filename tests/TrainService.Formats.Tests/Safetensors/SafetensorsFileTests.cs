using System.Text;
using TrainService.Formats.Npy;
using TrainService.Formats.Safetensors;

namespace TrainService.Formats.Tests.Safetensors;

public class SafetensorsFileTests
{
    [Fact]
    public void What_is_written_reads_back_the_same()
        => SampleArrays.Hold(SampleArrays.Several(Enum.GetValues<ArrayType>()), arrays =>
        {
            byte[] file = Write(arrays, new() { ["format"] = "keras", ["ü \"q\""] = "\n\\" });
            foreach (Stream stream in new Stream[] { new MemoryStream(file), new ForwardStream(file) })
            {
                (IReadOnlyList<NamedArray> read, IReadOnlyDictionary<string, string> metadata) = SafetensorsFile.Read(stream);
                if (metadata["ü \"q\""] != "\n\\" || metadata.Count != 2 || read.Count != arrays.Length) return false;
                if (!read.OrderBy(a => a.Name, StringComparer.Ordinal).Zip(arrays).All(pair => SampleArrays.Same(pair.First, pair.Second)))
                    return false;
            }
            return true;
        });

    [Fact]
    public void Every_tensor_starts_at_a_multiple_of_its_element_size()
        => SampleArrays.Hold(SampleArrays.Several(Enum.GetValues<ArrayType>()), arrays =>
        {
            SafetensorsHeader header = SafetensorsHeader.Read(new MemoryStream(Write(arrays)));
            return header.DataOffset % 8 == 0 && header.Tensors.All(t => t.Begin % t.Type.Size() == 0);
        });

    [Fact]
    public void Floats_go_from_their_memory_to_the_stream_without_a_copy()
    {
        float[] weights = new float[1 << 20];
        NamedArray[] arrays = [new("w", [1024, 1024], weights)];
        SafetensorsFile.Write(Stream.Null, arrays);
        long before = GC.GetAllocatedBytesForCurrentThread();
        SafetensorsFile.Write(Stream.Null, arrays);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 14);
    }

    [Fact]
    public void The_same_tensors_as_Keras_wrote_them_to_NPZ_are_read()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Files");
        using FileStream safetensors = File.OpenRead(Path.Combine(folder, "keras_init.safetensors")),
            npz = File.OpenRead(Path.Combine(folder, "keras_init.npz"));
        Dictionary<string, NamedArray> arrays = SafetensorsFile.Read(safetensors).Arrays.ToDictionary(a => a.Name);
        IReadOnlyList<NamedArray> expected = NpzFile.Read(npz);
        arrays.Count.ShouldBe(expected.Count);
        foreach (NamedArray array in expected) SampleArrays.Same(arrays[array.Name], array).ShouldBeTrue(array.Name);
    }

    [Fact]
    public void Tensors_are_read_straight_into_given_memory()
    {
        float[] weights = [1, 2, 3, 4], bias = new float[2];
        byte[] file = Write([new("w", [2, 2], weights), new("b", [2], new float[] { 5, 6 }), SampleArrays.Make("step", ArrayType.Int64, [1], 3)]);
        float[] target = new float[4];
        SafetensorsHeader header = SafetensorsFile.ReadInto(new ForwardStream(file), t => t.Name switch { "w" => target, "b" => bias, _ => [] });
        target.ShouldBe(weights);
        bias.ShouldBe([5, 6]);
        header.Tensors.Count.ShouldBe(3);
    }

    [Fact]
    public void Halves_and_brain_floats_become_singles()
    {
        var half = new NamedArray("h", ArrayType.Float16, [2], new byte[] { 0x00, 0x3C, 0x00, 0xC1 });
        var brain = new NamedArray("b", ArrayType.BFloat16, [2], new byte[] { 0x80, 0x3F, 0x20, 0xC0 });
        half.ToSingles().ShouldBe([1, -2.5f]);
        brain.ToSingles().ShouldBe([1, -2.5f]);
    }

    [Theory]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "a gap")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}}", 6, "an overlap")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "take 8 bytes, its place has 4")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 5, "5 follow the header")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 3, "3 follow the header")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4, "the first not above the second")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "whole number from 0")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4, "whole number from 0")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,4]}}", 4, "does not fit into any memory")]
    [InlineData("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[0,4]}}", 4, "'F8_E4M3' is not among")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", 2, "twice")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"code\":\"x\"}}", 1, "unknown key 'code'")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}", 0, "must all be there")]
    [InlineData("{\"a\":[]}", 0, "is expected")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[[[[[1]]]]],\"data_offsets\":[0,1]}}", 1, "list of whole numbers")]
    [InlineData("{\"__metadata__\":{\"a\":1}}", 0, "a text is expected")]
    [InlineData("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0, "twice")]
    [InlineData("{\"a\":", 0, "no valid JSON")]
    [InlineData("{} {}", 0, "no valid JSON")]
    [InlineData("[]", 0, "'{'")]
    [InlineData("", 0, "'{'")]
    public void A_hostile_header_is_refused_with_its_reason(string json, int dataBytes, string reason)
    {
        byte[] file = File_(json, dataBytes);
        Should.Throw<ArrayFormatException>(() => SafetensorsFile.Read(new MemoryStream(file), file: "w.safetensors")).Message.ShouldContain(reason);
    }

    [Fact]
    public void Invalid_text_in_a_name_is_refused()
    {
        byte[] file = [16, 0, 0, 0, 0, 0, 0, 0, .. "{\"\\ud800\":{\"a\":0"u8];
        Should.Throw<ArrayFormatException>(() => SafetensorsFile.Read(new MemoryStream(file)));
    }

    [Fact]
    public void Claims_of_a_stream_without_a_length_cost_no_memory()
    {
        byte[] file = File_("{\"a\":{\"dtype\":\"F32\",\"shape\":[500000000],\"data_offsets\":[0,2000000000]}}", 100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<ArrayFormatException>(() => SafetensorsFile.Read(new ForwardStream(file)))
            .Message.ShouldContain("the file ends within the elements");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4 << 20);
    }

    [Fact]
    public void Two_arrays_of_one_name_cannot_be_written()
        => Should.Throw<ArgumentException>(() => SafetensorsFile.Write(Stream.Null, [new("a", [1], new float[1]), new("a", [1], new float[1])]));

    [Fact]
    public void Damaged_files_are_refused_or_read()
    {
        byte[] file = Write([new("dense/kernel", [3, 4], new float[12]), SampleArrays.Make("n", ArrayType.Int64, [1], 1)],
            new() { ["format"] = "np" });
        var limits = new FormatLimits { MaxBytes = 1 << 20, MaxHeaderBytes = 1 << 16 };
        Mutations.Fuzz(file, Mutations.Count(5000), 6 << 20, bytes => SafetensorsFile.Read(new MemoryStream(bytes), limits), "safetensors");
        Mutations.Fuzz(file, Mutations.Count(1000), 6 << 20, bytes => SafetensorsFile.Read(new ForwardStream(bytes), limits), "safetensors as a stream");
    }

    private static byte[] Write(NamedArray[] arrays, Dictionary<string, string>? metadata = null)
    {
        using var stream = new MemoryStream();
        SafetensorsFile.Write(stream, arrays, metadata);
        return stream.ToArray();
    }

    private static byte[] File_(string json, int dataBytes)
        => [.. BitConverter.GetBytes((long)json.Length), .. Encoding.UTF8.GetBytes(json), .. new byte[dataBytes]];
}
