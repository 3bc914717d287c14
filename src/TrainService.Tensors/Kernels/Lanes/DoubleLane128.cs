using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TrainService.Tensors.Kernels.Lanes;

/// <summary>2 doubles: Arm's AdvSimd, or x86.</summary>
internal readonly unsafe struct DoubleLane128 : IDoubleLane<Vector128<double>>
{
    public static int Width => Vector128<double>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Load(float* source) => Vector128.WidenLower(Vector128.CreateScalar(*(double*)source).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Add(Vector128<double> a, Vector128<double> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Multiply(Vector128<double> a, Vector128<double> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<double> value, double* destination) => value.Store(destination);
}
