using TrainService.Specification;
using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Initializers;

/// <summary>gain on the diagonal of a matrix, 0 elsewhere.</summary>
public sealed class Identity(float gain) : Initializer
{
    public static ComponentDescriptor<Initializer> Descriptor { get; } = new("identity", a => new Identity(a.Single("gain")))
    {
        KerasName = "Identity",
        Aliases = ["IdentityInitializer"],
        Summary = "The identity matrix, times gain.",
        Advice = "For square dense layers that should begin by passing their input through.",
        Source = "Le, Jaitly, Hinton 2015, arXiv:1504.00941",
        Arguments = [Arg.Number("gain", "The number on the diagonal.", 1)],
    };

    /// <inheritdoc/>
    public override string? Objection(ReadOnlySpan<int> shape)
        => shape.Length == 2 ? null : $"identity takes two axes, got {shape.Length}.";

    /// <inheritdoc/>
    public override void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxStream random)
    {
        if (Objection(shape) is { } objection) throw new ArgumentException(objection, nameof(shape));
        values.Clear();
        for (int i = 0; i < Math.Min(shape[0], shape[1]); i++) values[(i * shape[1]) + i] = gain;
    }
}
