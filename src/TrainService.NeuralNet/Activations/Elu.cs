using System.Numerics;
using TrainService.Specification;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = x for x &gt; 0, α · (eˣ - 1) otherwise. The gradient below 0 is y + α, so α at 0.</summary>
public readonly struct Elu(float alpha) : IElementwise
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

    public Vector<float> Forward(Vector<float> x)
        => Vector.ConditionalSelect(Vector.LessThanOrEqual(x, Vector<float>.Zero), VectorFunctions.ExpMinusOne(x) * alpha, x);

    public Vector<float> Backward(Vector<float> saved, Vector<float> dy)
        => Vector.ConditionalSelect(Vector.LessThanOrEqual(saved, Vector<float>.Zero), dy * (saved + new Vector<float>(alpha)), dy);
}
