using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = x for x &gt; 0, α · (eˣ - 1) otherwise. The gradient below 0 is y + α, so α at 0.</summary>
internal readonly struct Elu(float alpha) : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("elu",
        a => new ElementwiseActivation<Elu>(new(a.Single("alpha"))))
    {
        KerasName = "ELU",
        Summary = "x where it is positive, alpha (e^x - 1) elsewhere: smooth, with a mean near 0.",
        Advice = "The default here: usually learns better than the ReLU family, a little slower to compute. He initialization.",
        Source = "Clevert, Unterthiner, Hochreiter 2015, arXiv:1511.07289",
        Arguments = [Arg.Number("alpha", "Where y levels off for very negative x: at -alpha.", 1, min: 0)],
    };

    public static bool NeedsInput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.WhereLess(0f, x, x, Floats<L, V>.ExpMinusOne(x) * alpha);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.WhereLess(0f, saved, dy, dy * (saved + alpha));
}
