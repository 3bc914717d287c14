using System.IO.Compression;
using TrainService.Formats.Npy;

namespace TrainService.Formats.Tests.Npy;

public class NpzReaderTests
{
    [Fact]
    public void What_is_written_reads_back_the_same_stored_or_deflated()
        => SampleArrays.Hold(SampleArrays.Several(SampleArrays.NumPyTypes), arrays =>
        {
            foreach (bool compress in new[] { false, true })
            {
                using var stream = new MemoryStream();
                NpzFile.Write(stream, arrays, compress);
                stream.Position = 0;
                IReadOnlyList<NamedArray> read = NpzFile.Read(stream);
                if (read.Count != arrays.Length || !read.Zip(arrays).All(pair => SampleArrays.Same(pair.First, pair.Second))) return false;
            }
            return true;
        }, 100);

    [Fact]
    public void The_same_arrays_give_the_same_bytes()
    {
        byte[] Write()
        {
            using var stream = new MemoryStream();
            NpzFile.Write(stream, [SampleArrays.Make("x", ArrayType.Float32, [100], 1)], compress: true);
            return stream.ToArray();
        }
        Write().ShouldBe(Write());
    }

    [Fact]
    public void A_file_that_NumPy_wrote_is_read()
    {
        using FileStream file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Files", "keras_data.npz"));
        Dictionary<string, NamedArray> arrays = NpzFile.Read(file).ToDictionary(a => a.Name);
        arrays["x"].Type.ShouldBe(ArrayType.Float32);
        arrays["x"].ToSingles().ShouldAllBe(v => float.IsFinite(v));
        arrays["y"].Shape[0].ShouldBe(arrays["x"].Shape[0]);
    }

    [Fact]
    public void An_array_can_be_streamed()
    {
        using var stream = new MemoryStream();
        NpzFile.Write(stream, [SampleArrays.Make("x", ArrayType.UInt8, [1000, 7], 1)], compress: true);
        (NpyHeader header, Stream elements) = NpzReader.Open(stream.Rewound()).OpenArray("x");
        using (elements)
        {
            header.Shape.ShouldBe([1000, 7]);
            using var copy = new MemoryStream();
            elements.CopyTo(copy);
            copy.Length.ShouldBe(7000);
        }
    }

    [Fact]
    public void A_header_that_announces_more_than_the_entry_holds_costs_no_memory()
    {
        byte[] npy = [.. NpyFileTests.File("{'descr': '<f8', 'fortran_order': False, 'shape': (400000000,), }"), 0, 0, 0, 0, 0, 0, 0, 0];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<ArrayFormatException>(() => NpzFile.Read(Zip(("x.npy", npy)))).Message.ShouldContain("announces 3,200,000,000 bytes");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    [Fact]
    public void All_arrays_together_must_stay_within_the_limit()
    {
        using var stream = new MemoryStream();
        NpzFile.Write(stream, [SampleArrays.Make("x", ArrayType.UInt8, [600], 1), SampleArrays.Make("y", ArrayType.UInt8, [600], 1)]);
        Should.Throw<ArrayFormatException>(() => NpzFile.Read(stream.Rewound(), new FormatLimits { MaxBytes = 1000 }))
            .Message.ShouldContain("1,000 bytes together");
    }

    [Fact]
    public void An_archive_without_arrays_is_refused()
        => Should.Throw<ArrayFormatException>(() => NpzFile.Read(Zip(("readme.txt", [1, 2, 3])))).Message.ShouldContain("holds no array");

    [Fact]
    public void Pickled_objects_are_refused_by_name()
    {
        byte[] npy = [.. NpyFileTests.File("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"), .. "\x80\x03cos\nsystem\n"u8];
        Should.Throw<ArrayFormatException>(() => NpzFile.Read(Zip(("x.npy", npy)), file: "data.npz"))
            .Message.ShouldStartWith("data.npz, array 'x': ");
    }

    [Fact]
    public void Damaged_files_are_refused_or_read()
    {
        var limits = new FormatLimits { MaxBytes = 1 << 20, MaxHeaderBytes = 1 << 16 };
        foreach (bool compress in new[] { false, true })
        {
            using var stream = new MemoryStream();
            NpzFile.Write(stream, [SampleArrays.Make("x", ArrayType.Float32, [3, 4], 1), SampleArrays.Make("y", ArrayType.Int64, [3], 2)], compress);
            Mutations.Fuzz(stream.ToArray(), Mutations.Count(4000), 8 << 20, bytes => NpzFile.Read(new MemoryStream(bytes), limits));
        }
    }

    internal static MemoryStream Zip(params (string Name, byte[] Content)[] files)
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach ((string name, byte[] content) in files)
                using (Stream entry = archive.CreateEntry(name).Open()) entry.Write(content);
        stream.Position = 0;
        return stream;
    }
}
