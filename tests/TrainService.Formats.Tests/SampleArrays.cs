using FsCheck;
using FsCheck.Fluent;

namespace TrainService.Formats.Tests;

/// <summary>Arrays of every type, of rank 0 to 4, empty ones among them, filled with random bytes.</summary>
internal static class SampleArrays
{
    public static readonly ArrayType[] NumPyTypes = [.. Enum.GetValues<ArrayType>().Where(t => t != ArrayType.BFloat16)];

    public static Gen<NamedArray> Of(IEnumerable<ArrayType> types) =>
        from type in Gen.Elements(types)
        from rank in Gen.Choose(0, 4)
        from shape in Gen.ArrayOf(Gen.Choose(0, 5), rank)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select Make("a", type, [.. shape.Select(a => (long)a)], seed);

    public static Gen<NamedArray[]> Several(IEnumerable<ArrayType> types) =>
        from count in Gen.Choose(1, 5)
        from arrays in Gen.ArrayOf(Of(types), count)
        from name in Gen.Elements("kernel", "dense/bias", "ü/β", "a \"quoted\" \\ name", "__")
        select arrays.Select((a, i) => new NamedArray($"{name}{i}", a.Type, a.Shape, a.Bytes.ToArray())).ToArray();

    public static NamedArray Make(string name, ArrayType type, long[] shape, int seed)
    {
        byte[] bytes = new byte[shape.Aggregate(1L, (a, b) => a * b) * type.Size()];
        new Random(seed).NextBytes(bytes);
        if (type == ArrayType.Bool)
            for (int i = 0; i < bytes.Length; i++) bytes[i] &= 1;
        return new NamedArray(name, type, shape, bytes);
    }

    public static bool Same(NamedArray a, NamedArray b)
        => a.Name == b.Name && a.Type == b.Type && a.Shape.SequenceEqual(b.Shape) && a.Bytes.SequenceEqual(b.Bytes);

    public static void Hold<T>(Gen<T> gen, Func<T, bool> property, int tests = 300)
        => Check.One(Config.QuickThrowOnFailure.WithMaxTest(tests), Prop.ForAll(Arb.From(gen), property));
}
