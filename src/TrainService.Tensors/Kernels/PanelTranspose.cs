using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels;

/// <summary>
/// Transposes squares of 16 x 16 floats whose rows lie 16 apart, as they do in panels: a kilobyte from one place to another.
/// </summary>
internal static unsafe class PanelTranspose
{
    private const int Width = Panels.Width;

    /// <summary>target[j · 16 + i] = source[i · 16 + j], for all i and j below 16. The squares must not overlap.</summary>
    public static void Square(SimdPath path, float* source, float* target)
    {
        // Sixteen by sixteen in 512-bit registers takes 64 shuffles, four times eight by eight 64 as well and no more: one way for both.
        if (path >= SimdPath.Vector256) SquareOf8(source, target);
        else if (path == SimdPath.Vector128) SquareOf4(source, target);
        else Part(source, target, Width, Width);
    }

    /// <summary>The same for i &lt; <paramref name="rows"/> and j &lt; <paramref name="columns"/>; where i is beyond, the target becomes 0.</summary>
    public static void Part(float* source, float* target, int rows, int columns)
    {
        for (int j = 0; j < columns; j++)
            for (int i = 0; i < Width; i++) target[j * Width + i] = i < rows ? source[i * Width + j] : 0f;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void SquareOf8(float* source, float* target)
    {
        for (int i = 0; i < Width; i += 8)
        {
            for (int j = 0; j < Width; j += 8) EightByEight(source + i * Width + j, target + j * Width + i);
        }
    }

    /// <summary>
    /// Rows i and i + 4 are loaded as the two halves of a register, so that all that is left is a 4 x 4 transposition in each half.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EightByEight(float* source, float* target)
    {
        Vector256<float> left0 = Halves(source, 0), left1 = Halves(source, 1), left2 = Halves(source, 2), left3 = Halves(source, 3);
        Vector256<float> right0 = Halves(source + 4, 0), right1 = Halves(source + 4, 1), right2 = Halves(source + 4, 2), right3 = Halves(source + 4, 3);
        FourColumns(left0, left1, left2, left3, target);
        FourColumns(right0, right1, right2, right3, target + 4 * Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Halves(float* source, int row)
        => Vector256.Create(Vector128.Load(source + row * Width), Vector128.Load(source + (row + 4) * Width));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourColumns(Vector256<float> r0, Vector256<float> r1, Vector256<float> r2, Vector256<float> r3, float* target)
    {
        Vector256<float> a = Avx.UnpackLow(r0, r1), b = Avx.UnpackHigh(r0, r1), c = Avx.UnpackLow(r2, r3), d = Avx.UnpackHigh(r2, r3);
        Avx.Shuffle(a, c, 0b01_00_01_00).Store(target);
        Avx.Shuffle(a, c, 0b11_10_11_10).Store(target + Width);
        Avx.Shuffle(b, d, 0b01_00_01_00).Store(target + 2 * Width);
        Avx.Shuffle(b, d, 0b11_10_11_10).Store(target + 3 * Width);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void SquareOf4(float* source, float* target)
    {
        for (int i = 0; i < Width; i += 4)
        {
            for (int j = 0; j < Width; j += 4)
            {
                if (AdvSimd.Arm64.IsSupported) FourByFourArm(source + i * Width + j, target + j * Width + i);
                else FourByFour(source + i * Width + j, target + j * Width + i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourByFour(float* source, float* target)
    {
        Vector128<float> r0 = Vector128.Load(source), r1 = Vector128.Load(source + Width);
        Vector128<float> r2 = Vector128.Load(source + 2 * Width), r3 = Vector128.Load(source + 3 * Width);
        Vector128<float> a = Sse.UnpackLow(r0, r1), b = Sse.UnpackHigh(r0, r1), c = Sse.UnpackLow(r2, r3), d = Sse.UnpackHigh(r2, r3);
        Sse.MoveLowToHigh(a, c).Store(target);
        Sse.MoveHighToLow(c, a).Store(target + Width);
        Sse.MoveLowToHigh(b, d).Store(target + 2 * Width);
        Sse.MoveHighToLow(d, b).Store(target + 3 * Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourByFourArm(float* source, float* target)
    {
        Vector128<float> r0 = Vector128.Load(source), r1 = Vector128.Load(source + Width);
        Vector128<float> r2 = Vector128.Load(source + 2 * Width), r3 = Vector128.Load(source + 3 * Width);
        Vector128<float> a = AdvSimd.Arm64.ZipLow(r0, r2), b = AdvSimd.Arm64.ZipHigh(r0, r2);
        Vector128<float> c = AdvSimd.Arm64.ZipLow(r1, r3), d = AdvSimd.Arm64.ZipHigh(r1, r3);
        AdvSimd.Arm64.ZipLow(a, c).Store(target);
        AdvSimd.Arm64.ZipHigh(a, c).Store(target + Width);
        AdvSimd.Arm64.ZipLow(b, d).Store(target + 2 * Width);
        AdvSimd.Arm64.ZipHigh(b, d).Store(target + 3 * Width);
    }
}
