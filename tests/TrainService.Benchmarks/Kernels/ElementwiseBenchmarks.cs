using System.Diagnostics;
using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Functions;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Memory;
using TrainService.Tensors.Randomness;

namespace TrainService.Benchmarks.Kernels;

/// <summary>Element-wise kernels on a block that lies in L1 or L2, in elements a nanosecond on one thread.</summary>
internal static unsafe class ElementwiseBenchmarks
{
    public static double Sink { get; private set; }

    private const int Rows = 32, Columns = 304, Length = Rows * Columns;

    public static void Run(SimdPath path)
    {
        using var arena = new Arena(4 * Length);
        float* x = arena.At(0), y = arena.At(Length);
        for (int i = 0; i < Length; i++) x[i] = (i % 200 - 100) * 0.05f;
        byte[] bytes = new byte[Length];
        Console.WriteLine($"{path}, {Length} elements, one thread");
        Show("exp", () => VectorMath.Map<Exponential>(path, X(), Y()));
        Show("log", () => VectorMath.Map<Logarithm>(path, X(), Y()));
        Show("tanh", () => VectorMath.Map<HyperbolicTangent>(path, X(), Y()));
        Show("sigmoid", () => VectorMath.Map<LogisticSigmoid>(path, X(), Y()));
        Show("erf", () => VectorMath.Map<ErrorFunction>(path, X(), Y()));
        Show("dropout mask", () => PhiloxMask.Apply(path, new PhiloxKey(1, 2), 0.5, 0, X(), Y()));
        Show("bytes to floats", () => ByteWidening.Apply(path, bytes, 1 / 255f, 0, Y()));
        Show("transpose panels", () => Panels.Transpose(path, x, 32, 304, y, 0, 2));
        Show("sum", () => Sink = Reductions.Sum<Reductions.Value>(path, X()));
        Show("sum of squares", () => Sink = Reductions.Sum<Reductions.Square>(path, X()));
        Show("any non-finite", () => Sink = FiniteCheck.AnyNonFinite(path, X()) ? 1 : 0);
        if (path != SimdPaths.Best) return;
        // System.Numerics.Tensors, once the runtime has compiled it for good.
        Show("add row", () => Elementwise.AddRow(x, Rows, Columns, Columns, y));
        Show("column sums", () => Elementwise.ColumnSums(x, Rows, Columns, Columns, y));
        Show("add scaled", () => Elementwise.AddScaled(Y(), 0f, X()));

        Span<float> X() => new(x, Length);
        Span<float> Y() => new(y, Length);
    }

    private static void Show(string name, Action action)
    {
        const int Repeats = 50;
        double best = double.PositiveInfinity;
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin).TotalSeconds < 0.3;)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Repeats; i++) action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / Repeats);
        }

        Console.WriteLine($"  {name,-18} {Length / best,6:F2} elements/ns  {best / 1e3,7:F2} us");
    }
}
