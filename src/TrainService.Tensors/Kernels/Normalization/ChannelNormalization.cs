using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Normalization;

/// <summary>
/// Batch normalization over pixels, a range of pixels at a time. Pixels are whole vectors of 16, <c>stride</c> floats each. Every number has one order of
/// operations: bits depend on neither ranges nor vectors.
/// </summary>
public static unsafe class ChannelNormalization
{
    /// <summary>Pixels that are summed in float32 before the sums are added in double.</summary>
    public const int PixelsPerSum = 64;

    /// <summary>z = map(x). The two may be the same memory.</summary>
    public static void Apply(in ChannelMap map, float* x, int pixels, int stride, float* z) => Apply(SimdPaths.Best, map, x, stride, pixels, stride, z, stride);

    /// <summary>The same for <paramref name="channels"/> of each pixel, at other distances in <paramref name="z"/>.</summary>
    public static void Apply(in ChannelMap map, float* x, int xStride, int pixels, int channels, float* z, int zStride)
        => Apply(SimdPaths.Best, map, x, xStride, pixels, channels, z, zStride);

    /// <summary>
    /// Adds Σx and Σx² of each channel to sums[0 …] and sums[stride …]. Squares are taken about the mean of their 64 pixels, so that a large mean costs no
    /// digits. Ranges but the last of an image must be multiples of 64 pixels.
    /// </summary>
    /// <param name="scratch">2 · stride floats.</param>
    public static void AddMoments(float* x, int pixels, int stride, double* sums, float* scratch) => AddMoments(SimdPaths.Best, x, pixels, stride, sums, scratch);

    /// <summary>
    /// Back through the limits of the map: g becomes 0 where z is at one of them. Adds Σg and Σg · (x - mean) to sums[0 …] and sums[stride …].
    /// </summary>
    /// <param name="limits">False: the map has none, and g stays as it is.</param>
    /// <param name="scratch">2 · stride floats.</param>
    public static void AddGradients(in ChannelMap map, bool limits, float* x, float* g, int pixels, int stride, double* sums, float* scratch)
        => AddGradients(SimdPaths.Best, map, limits, x, g, pixels, stride, sums, scratch);

    /// <summary>dx = scale · (g - offset - (x - mean) · slope), or added to what is in dx. g and dx may be the same memory.</summary>
    /// <param name="offset">Mean of g over the batch.</param>
    /// <param name="slope">Mean of g · x̂ over the batch, divided by the deviation.</param>
    public static void InputGradient(float* mean, float* scale, float* offset, float* slope, float* x, float* g, int pixels, int stride, float* dx, bool accumulate)
        => InputGradient(SimdPaths.Best, mean, scale, offset, slope, x, g, pixels, stride, dx, accumulate);

    /// <summary>y = a mapped + b mapped, limited to [low, high]. y may be the same memory as either.</summary>
    public static void Sum(in ChannelMap aMap, float* a, in ChannelMap bMap, float* b, int pixels, int stride, float low, float high, float* y)
        => Sum(SimdPaths.Best, aMap, a, bMap, b, pixels, stride, low, high, y);

    internal static void Sum(SimdPath path, in ChannelMap aMap, float* a, in ChannelMap bMap, float* b, int pixels, int stride, float low, float high, float* y)
    {
        switch (path)
        {
            case SimdPath.Vector512: SumOf<Lane512, Vector512<float>>(aMap, a, bMap, b, pixels, stride, low, high, y); break;
            case SimdPath.Vector256: SumOf<Lane256, Vector256<float>>(aMap, a, bMap, b, pixels, stride, low, high, y); break;
            case SimdPath.Vector128: SumOf<Lane128, Vector128<float>>(aMap, a, bMap, b, pixels, stride, low, high, y); break;
            default: SumOf<LaneScalar, float>(aMap, a, bMap, b, pixels, stride, low, high, y); break;
        }
    }

    internal static void Apply(SimdPath path, in ChannelMap map, float* x, int xStride, int pixels, int channels, float* z, int zStride)
    {
        switch (path)
        {
            case SimdPath.Vector512: ApplyTo<Lane512, Vector512<float>>(map, x, xStride, pixels, channels, z, zStride); break;
            case SimdPath.Vector256: ApplyTo<Lane256, Vector256<float>>(map, x, xStride, pixels, channels, z, zStride); break;
            case SimdPath.Vector128: ApplyTo<Lane128, Vector128<float>>(map, x, xStride, pixels, channels, z, zStride); break;
            default: ApplyTo<LaneScalar, float>(map, x, xStride, pixels, channels, z, zStride); break;
        }
    }

    internal static void AddMoments(SimdPath path, float* x, int pixels, int stride, double* sums, float* scratch)
    {
        for (int start = 0; start < pixels; start += PixelsPerSum)
        {
            int count = Math.Min(PixelsPerSum, pixels - start);
            float* from = x + (nint)start * stride;
            switch (path)
            {
                case SimdPath.Vector512: Moments<Lane512, Vector512<float>>(from, count, stride, scratch); break;
                case SimdPath.Vector256: Moments<Lane256, Vector256<float>>(from, count, stride, scratch); break;
                case SimdPath.Vector128: Moments<Lane128, Vector128<float>>(from, count, stride, scratch); break;
                default: Moments<LaneScalar, float>(from, count, stride, scratch); break;
            }

            for (int c = 0; c < stride; c++)
            {
                // Σx² = Σ(x - m)² + m · (2Σx - n · m)
                double sum = scratch[c], mean = (float)(scratch[c] / count);
                sums[c] += sum;
                sums[stride + c] += scratch[stride + c] + (mean * (sum + sum - (mean * count)));
            }
        }
    }

    internal static void AddGradients(SimdPath path, in ChannelMap map, bool limits, float* x, float* g, int pixels, int stride, double* sums, float* scratch)
    {
        for (int start = 0; start < pixels; start += PixelsPerSum)
        {
            int count = Math.Min(PixelsPerSum, pixels - start);
            float* from = x + (nint)start * stride, upper = g + (nint)start * stride;
            switch (path)
            {
                case SimdPath.Vector512: Gradients<Lane512, Vector512<float>>(map, limits, from, upper, count, stride, scratch); break;
                case SimdPath.Vector256: Gradients<Lane256, Vector256<float>>(map, limits, from, upper, count, stride, scratch); break;
                case SimdPath.Vector128: Gradients<Lane128, Vector128<float>>(map, limits, from, upper, count, stride, scratch); break;
                default: Gradients<LaneScalar, float>(map, limits, from, upper, count, stride, scratch); break;
            }

            for (int c = 0; c < 2 * stride; c++) sums[c] += scratch[c];
        }
    }

    internal static void InputGradient(
        SimdPath path, float* mean, float* scale, float* offset, float* slope, float* x, float* g, int pixels, int stride, float* dx, bool accumulate)
    {
        switch (path)
        {
            case SimdPath.Vector512: Inputs<Lane512, Vector512<float>>(mean, scale, offset, slope, x, g, pixels, stride, dx, accumulate); break;
            case SimdPath.Vector256: Inputs<Lane256, Vector256<float>>(mean, scale, offset, slope, x, g, pixels, stride, dx, accumulate); break;
            case SimdPath.Vector128: Inputs<Lane128, Vector128<float>>(mean, scale, offset, slope, x, g, pixels, stride, dx, accumulate); break;
            default: Inputs<LaneScalar, float>(mean, scale, offset, slope, x, g, pixels, stride, dx, accumulate); break;
        }
    }

    /// <summary>z = map(x) for consecutive channels, any number of them; the last vector may overlap the one before it.</summary>
    internal static void Copy(in ChannelMap map, float* x, int channels, float* z)
    {
        if (channels < Panels.Width) CopyFew(map, x, channels, z);
        else if (SimdPaths.Best == SimdPath.Vector512) CopyRun<Lane512, Vector512<float>>(map, x, channels, z);
        else if (SimdPaths.Best == SimdPath.Vector256) CopyRun<Lane256, Vector256<float>>(map, x, channels, z);
        else if (SimdPaths.Best == SimdPath.Vector128) CopyRun<Lane128, Vector128<float>>(map, x, channels, z);
        else CopyFew(map, x, channels, z);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void CopyRun<L, V>(ChannelMap map, float* x, int channels, float* z)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V low = L.Create(map.Low), high = L.Create(map.High);
        int last = channels - L.Width;
        for (int c = 0; c < last; c += L.Width) L.Store(Mapped<L, V>(map, x, c, low, high), z + c);
        L.Store(Mapped<L, V>(map, x, last, low, high), z + last);
    }

    private static void CopyFew(ChannelMap map, float* x, int channels, float* z)
    {
        for (int c = 0; c < channels; c++) z[c] = Mapped<LaneScalar, float>(map, x, c, map.Low, map.High);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Mapped<L, V>(in ChannelMap map, float* x, int c, V low, V high)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V value = L.MultiplyAdd(L.Subtract(L.Load(x + c), L.Load(map.Mean + c)), L.Load(map.Scale + c), L.Load(map.Shift + c));
        return Limit<L, V>(value, low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Limit<L, V>(V z, V low, V high)
        where L : struct, ILane<V>
        where V : unmanaged
        => L.Select(L.Less(high, z), high, L.Select(L.Less(z, low), low, z));

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void ApplyTo<L, V>(ChannelMap map, float* x, int xStride, int pixels, int channels, float* z, int zStride)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V low = L.Create(map.Low), high = L.Create(map.High);
        for (int p = 0; p < pixels; p++, x += xStride, z += zStride)
        {
            for (int c = 0; c < channels; c += L.Width) L.Store(Mapped<L, V>(map, x, c, low, high), z + c);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void SumOf<L, V>(ChannelMap aMap, float* a, ChannelMap bMap, float* b, int pixels, int stride, float low, float high, float* y)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V least = L.Create(low), most = L.Create(high), aLow = L.Create(aMap.Low), aHigh = L.Create(aMap.High), bLow = L.Create(bMap.Low), bHigh = L.Create(bMap.High);
        for (int p = 0; p < pixels; p++, a += stride, b += stride, y += stride)
        {
            for (int c = 0; c < stride; c += L.Width)
            {
                V left = aMap.IsIdentity ? L.Load(a + c) : Mapped<L, V>(aMap, a, c, aLow, aHigh);
                V right = bMap.IsIdentity ? L.Load(b + c) : Mapped<L, V>(bMap, b, c, bLow, bHigh);
                L.Store(Limit<L, V>(L.Add(left, right), least, most), y + c);
            }
        }
    }

    /// <summary>Σx and Σ(x - mean)² over few pixels.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Moments<L, V>(float* x, int pixels, int stride, float* sums)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V count = L.Create(pixels);
        for (int c = 0; c < stride; c += L.Width)
        {
            // Even and odd pixels apart: two chains hide the latency of the additions.
            float* from = x + c;
            V sum = default, other = default;
            int p = 0;
            for (; p < pixels - 1; p += 2, from += 2 * (nint)stride)
            {
                sum = L.Add(sum, L.Load(from));
                other = L.Add(other, L.Load(from + stride));
            }

            if (p < pixels) sum = L.Add(sum, L.Load(from));
            sum = L.Add(sum, other);
            V mean = L.Divide(sum, count), squares = default;
            other = default;
            from = x + c;
            for (p = 0; p < pixels - 1; p += 2, from += 2 * (nint)stride)
            {
                V a = L.Subtract(L.Load(from), mean), b = L.Subtract(L.Load(from + stride), mean);
                squares = L.MultiplyAdd(a, a, squares);
                other = L.MultiplyAdd(b, b, other);
            }

            if (p < pixels)
            {
                V a = L.Subtract(L.Load(from), mean);
                squares = L.MultiplyAdd(a, a, squares);
            }

            L.Store(sum, sums + c);
            L.Store(L.Add(squares, other), sums + stride + c);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Gradients<L, V>(ChannelMap map, bool limits, float* x, float* g, int pixels, int stride, float* sums)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V low = L.Create(map.Low), high = L.Create(map.High);
        for (int c = 0; c < stride; c += L.Width)
        {
            V mean = L.Load(map.Mean + c), scale = L.Load(map.Scale + c), shift = L.Load(map.Shift + c), sum = default, products = default;
            float* from = x + c, upper = g + c;
            for (int p = 0; p < pixels; p++, from += stride, upper += stride)
            {
                V gradient = L.Load(upper), centred = L.Subtract(L.Load(from), mean);
                if (limits)
                {
                    V z = L.MultiplyAdd(centred, scale, shift);
                    gradient = L.And(L.And(L.Less(low, z), L.Less(z, high)), gradient);
                    L.Store(gradient, upper);
                }

                sum = L.Add(sum, gradient);
                products = L.MultiplyAdd(gradient, centred, products);
            }

            L.Store(sum, sums + c);
            L.Store(products, sums + stride + c);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Inputs<L, V>(float* mean, float* scale, float* offset, float* slope, float* x, float* g, int pixels, int stride, float* dx, bool accumulate)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        for (int p = 0; p < pixels; p++, x += stride, g += stride, dx += stride)
        {
            for (int c = 0; c < stride; c += L.Width)
            {
                V centred = L.Subtract(L.Load(x + c), L.Load(mean + c)), rest = L.Subtract(L.Load(g + c), L.Load(offset + c));
                V value = L.Multiply(L.Subtract(rest, L.Multiply(centred, L.Load(slope + c))), L.Load(scale + c));
                L.Store(accumulate ? L.Add(L.Load(dx + c), value) : value, dx + c);
            }
        }
    }
}
