using System.Buffers.Binary;
using System.Diagnostics;
using TrainService.Formats.Hdf5;

namespace TrainService.Formats.Tests.Hdf5;

/// <summary>
/// Damaged and hostile files: a valid tree or a clear error, little memory, little time. The short form runs always;
/// TRAINSERVICE_FUZZ=100000 sets the number of files of each kind for the long one.
/// </summary>
public class Hdf5DamageTests
{
    private const long MostBytes = 1 << 20;

    private static readonly FormatLimits Limits = new() { MaxBytes = MostBytes, MaxHeaderBytes = 1 << 16, MaxArrays = 2000 };

    /// <summary>What a reader may allocate for one small file: its structure some times over, and the limits.</summary>
    private const long MostAllocated = 16 << 20;

    public static TheoryData<string> Seeds => ["default.h5", "latest.h5", "small"];

    [Theory, MemberData(nameof(Seeds))]
    public void Any_damage_is_refused_or_read(string seed) => Mutations.Fuzz(Seed(seed), Mutations.Count(1500), MostAllocated, Read);

    /// <summary>Numbers that are offsets, counts, sizes and levels are replaced by other such numbers of the same file, and by extremes.</summary>
    [Theory, MemberData(nameof(Seeds))]
    public void Damage_that_knows_the_structure_is_refused_or_read(string seed)
    {
        byte[] file = Seed(seed);
        var damage = new Hdf5Damage(file);
        long slowest = 0;
        int refused = 0, count = Mutations.Count(1500);
        for (int i = 0; i < count; i++)
        {
            byte[] damaged = damage.Apply(i);
            long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            try
            {
                Read(damaged);
            }
            catch (ArrayFormatException e)
            {
                refused++;
                e.Message.ShouldNotBeEmpty();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Damage {i} of {seed} gave {e.GetType()}: {e.Message}", e);
            }
            slowest = Math.Max(slowest, (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(MostAllocated, $"damage {i} of {seed}");
        }
        refused.ShouldBeGreaterThan(count / 10);
        Mutations.Report($"{seed}: {count} files with damaged structure, {refused} refused, slowest {slowest} ms");
    }

    [Fact]
    public void A_group_that_holds_itself_is_found()
    {
        var root = new Hdf5Content();
        root.Group("a/b/c");
        byte[] file = Hdf5Samples.Write(root);
        // Every entry of a group's member is a header's address: the innermost one is sent to the root's.
        long rootHeader = BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(64));
        int entry = file.AsSpan().IndexOf("SNOD"u8);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(entry + 16), rootHeader);
        Should.Throw<ArrayFormatException>(() => Hdf5File.Open(new MemoryStream(file))).Message.ShouldContain("round in a circle");
    }

    [Fact]
    public void A_chunk_that_asks_for_a_dictionary_is_refused()
    {
        byte[] file = Hdf5Samples.File("latest.h5");
        // zlib's header says how it was packed, and that a preset dictionary is needed; its last bits make it a multiple of 31.
        int packed = file.AsSpan().LastIndexOf((byte[])[0x78, 0x5E]);
        packed = packed >= 0 ? packed : file.AsSpan().LastIndexOf((byte[])[0x78, 0x9C]);
        packed.ShouldBeGreaterThan(0);
        (file[packed], file[packed + 1]) = (0x78, 0xBB);
        Should.Throw<ArrayFormatException>(() => Hdf5File.Open(new MemoryStream(file)).Dataset("a/packed")!.Read()).Message.ShouldContain("packed bytes of a chunk are damaged");
    }

    [Fact]
    public void Groups_nested_too_deep_are_refused()
    {
        var root = new Hdf5Content();
        root.Group(string.Join('/', Enumerable.Repeat("g", 64))).Text("t", "x");
        Hdf5File.Open(new MemoryStream(Hdf5Samples.Write(root))).Group(string.Join('/', Enumerable.Repeat("g", 64)))!.Attributes.Text("t").ShouldBe("x");
        root.Group(string.Join('/', Enumerable.Repeat("g", 65)));
        Should.Throw<ArrayFormatException>(() => Hdf5File.Open(new MemoryStream(Hdf5Samples.Write(root)))).Message.ShouldContain("more than 64 deep");
    }

    [Fact]
    public void One_array_under_many_names_is_refused_before_it_fills_the_memory()
        => Should.Throw<ArrayFormatException>(() => Hdf5Samples.Open("linked.h5").AllDatasets().Select(d => d.Read()).Count()).Message.ShouldContain("share bytes");

    private static byte[] Seed(string name)
    {
        if (name != "small") return Hdf5Samples.File(name);
        var root = new Hdf5Content();
        root.Text("model_config", "{}");
        root.Texts("layer_names", ["dense", "dense_1"]);
        for (int i = 0; i < 12; i++) root.Add($"model_weights/dense_{i}/kernel:0", new NamedArray("k", [2, 3], new float[6]));
        return Hdf5Samples.Write(root);
    }

    /// <summary>Everything that can be asked of a file.</summary>
    private static void Read(byte[] file)
    {
        Hdf5Group root = Hdf5File.Open(new MemoryStream(file), Limits, "damaged.h5");
        ReadGroup(root);
    }

    private static void ReadGroup(Hdf5Group group)
    {
        foreach (string name in group.Attributes.Names) Try(() => group.Attributes.Texts(name));
        foreach (Hdf5Node member in group.Members)
            if (member is Hdf5Group inner) ReadGroup(inner);
            else if (member is Hdf5Dataset dataset) Try(() => dataset.Read());
    }

    // What one attribute or dataset is refused for says nothing of the others.
    private static void Try(Action read)
    {
        try
        {
            read();
        }
        catch (ArrayFormatException e)
        {
            e.Message.ShouldNotBeEmpty();
        }
    }
}
