using System.Numerics.Tensors;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Constraints;

/// <summary>max(w, 0).</summary>
public sealed class NonNegative : Constraint
{
    public static ComponentDescriptor<Constraint> Descriptor { get; } = new("non_neg", _ => new NonNegative())
    {
        KerasName = "NonNeg",
        Aliases = ["nonneg"],
        Summary = "Sets negative weights to 0 after each update.",
        Advice = "Where a larger input must never lower the output, as in monotone models.",
        Source = "Keras NonNeg",
    };

    public override bool IsElementwise => true;

    /// <inheritdoc/>
    public override void Apply(Span<float> values, Shape shape) => TensorPrimitives.Max(values, 0f, values);
}
