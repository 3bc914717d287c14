using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = x · hard_sigmoid(x). Gradient 0 up to -3, x / 3 + 1/2 between, 1 from 3 on.</summary>
internal readonly struct HardSwish : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("hard_swish",
        _ => new ElementwiseActivation<HardSwish>(default))
    {
        Aliases = ["hard_silu"],
        Summary = "x min(max(x + 3, 0), 6) / 6: swish without an exponential.",
        Advice = "In networks for small devices, as MobileNetV3; else swish.",
        Source = "Howard et al. 2019, arXiv:1905.02244",
    };

    public static bool NeedsInput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
        // -∞ · 0 would be NaN.
        => Floats<L, V>.WhereLess(x, -3f, 0f, x * (Floats<L, V>.Clamp(x + 3f, 0f, 6f) / 6f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.WhereLess(-3f, saved, dy * Floats<L, V>.WhereLess(saved, 3f, (saved / 3f) + 0.5f, 1f), 0f);
}
