using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TrainService.Formats;

namespace TrainService.Training.Export;

/// <summary>Tensors as IEEE 754 binary16, rounded to the nearest; numbers beyond ±65,504 become the largest one there is.</summary>
internal static class HalfPrecision
{
    public static NamedArray Of(string name, IReadOnlyList<long> shape, ReadOnlySpan<float> values)
    {
        float[] within = new float[values.Length];
        TensorPrimitives.Clamp(values, (float)Half.MinValue, (float)Half.MaxValue, within);
        var halves = new Half[values.Length];
        TensorPrimitives.ConvertToHalf(within, halves);
        return new NamedArray(name, ArrayType.Float16, shape, MemoryMarshal.AsBytes(halves.AsSpan()).ToArray());
    }
}
