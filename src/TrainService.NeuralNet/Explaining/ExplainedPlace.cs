using TrainService.NeuralNet.Plan;

namespace TrainService.NeuralNet.Explaining;

/// <summary>Where in a plan values and their gradient are kept for whoever explains it.</summary>
/// <param name="wantsGradient">Its gradient is wanted.</param>
/// <param name="layer">Index of the layer whose output it is; null for the network's inputs.</param>
internal sealed class ExplainedPlace(bool wantsGradient, int? layer)
{
    public int? Layer { get; } = layer;

    public Value? Value { get; private set; }

    public PlanBuffer? Gradient { get; private set; }

    /// <summary>To be called when the value has been built, before anything uses it.</summary>
    public void Mark(PlanBuilder plan, Value value)
    {
        Value = plan.Materialize(value);
        Value.Buffer.Kept = true;
        if (wantsGradient) plan.MarkNeedsGradient(Value.Buffer);
    }

    /// <summary>To be called when all steps have been added.</summary>
    public void Finish(PlanBuilder plan)
    {
        if (!wantsGradient || plan.GradientOf(Value!.Buffer) is not { } gradient) return;
        gradient.Kept = true;
        Gradient = gradient;
    }
}
