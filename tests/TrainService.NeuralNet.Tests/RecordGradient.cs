using TrainService.NeuralNet.Optimizers;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Tests;

/// <summary>Keeps the gradient in a slot and leaves the weights alone.</summary>
internal sealed class RecordGradient : Optimizer
{
    public override IReadOnlyList<string> Slots => ["gradient"];

    public override UpdateScalars Prepare(long iteration, float rate, float? momentum) => new(rate);

    internal override void Update(SimdPath path, in UpdateScalars scalars, Span<float> weights, ReadOnlySpan<float> gradient, Span<float> slot0, Span<float> slot1, Span<float> slot2)
        => gradient.CopyTo(slot0);
}
