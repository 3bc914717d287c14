using System.Security.Cryptography;
using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Convolution;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Kernels.Updates;
using TrainService.Tensors.Randomness;
using TrainService.Tensors.Tests.Kernels.Convolution;
using TrainService.Tensors.Tests.Kernels.Updates;

namespace TrainService.Tensors.Tests.Kernels;

/// <summary>A hash over what every kernel gives, as callers get it, for fixed inputs.</summary>
internal static unsafe class KernelDigest
{
    public static string Compute()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        float[] a = Random(1, 37 * 100), b = Random(2, 100 * 48), c = Random(3, 37 * 48), y = new float[7 * 40 * 16];

        fixed (float* pa = a, pb = b, pc = c, py = y)
        {
            TileProduct.Multiply(37, 3, 100, LeftOperand.RowMajor(pa, 100), PanelOperand.Packed(pb, 100), ProductOutput.RowMajor(py, 48));
            Add(y);
            TileProduct.MultiplyWithBias(100, 3, 37, LeftOperand.Transposed(pa, 100), PanelOperand.RowMajor(pc, 48), ProductOutput.Packed(pb, 100), pc);
            Add(b);
            TileProduct.Accumulate(37, 3, 33, LeftOperand.RowMajor(pa, 100), PanelOperand.Packed(pb, 100), ProductOutput.RowMajor(pc, 48));
            Add(c);
            ProductEnding ending = new(pa, pb, -0.5f, 0.5f, pc, 48);
            EndedProduct.Multiply(37, 3, 100, LeftOperand.RowMajor(pa, 100), PanelOperand.Packed(pb, 100), ProductOutput.RowMajor(py, 48), accumulate: false, ending);
            Add(y);
            float* state = stackalloc float[2 * 37 * 48];
            new Span<float>(state, 2 * 37 * 48).Clear();
            UpdateProduct.Run(SimdPaths.Best, new WithSlots1(0.9f, 0.1f), 37, 3, 100, LeftOperand.RowMajor(pa, 100), PanelOperand.Packed(pb, 100),
                new UpdateTarget(state, state + 37 * 48, null, null, 37 * 16));
            Add(new ReadOnlySpan<float>(state, 2 * 37 * 48));
            float** rows = stackalloc float*[6];
            for (int i = 0; i < 6; i++) rows[i] = pa + i * 10 * 32;
            foreach (int stride in (int[])[1, 2])
                new DepthwiseStrip(10, stride, 1, (10 + stride - 1) / stride, 32).Run(2, rows, pb, py, new ProductEnding(pc, pc + 32, 0, float.PositiveInfinity));
            Add(y);
            Panels.Transpose(pb, 100, 40, py, 0, 7);
            Add(y);
            Elementwise.AddRow(pa, 37, 99, 100, pb);
            Elementwise.ColumnSums(pa, 37, 99, 100, py);
            Add(a);
            Add(y);
        }

        Add(ConvolutionDigest.Results());
        Span<float> x = a.AsSpan(0, 1003), z = y.AsSpan(0, 1003);
        VectorMath.Exp(x, z);
        Add(z);
        VectorMath.Tanh(x, z);
        Add(z);
        VectorMath.Sigmoid(x, z);
        Add(z);
        VectorMath.Erf(x, z);
        Add(z);
        VectorMath.Log(z, z);
        for (int i = 0; i < z.Length; i++) if (float.IsNaN(z[i])) z[i] = 7; // the sign of a NaN is the processor's own affair
        Add(z);
        PhiloxMask.Apply(new PhiloxKey(5, 6), 0.4, 100, x, z);
        Add(z);
        Elementwise.AddScaled(z, 0.3f, x);
        Elementwise.Scale(z, 1.1f);
        Elementwise.Multiply(z, x);
        Elementwise.Clamp(z, -0.5f, 0.5f);
        Add(z);
        Elementwise.Widen([.. Enumerable.Range(0, 1003).Select(i => (byte)i)], 1 / 255f, -0.3f, z);
        Add(z);
        Add([(float)Elementwise.Sum(x), (float)Elementwise.SumOfSquares(x), Elementwise.AnyNonFinite(x) ? 1 : 0]);
        return Convert.ToHexString(hash.GetHashAndReset());

        void Add(ReadOnlySpan<float> values) => hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values));
    }

    private static float[] Random(int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() * 4 - 2)];
    }
}
