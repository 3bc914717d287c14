using TrainService.NeuralNet.Plan;
using TrainService.Specification;

namespace TrainService.NeuralNet.Layers.Noise;

/// <summary>What the noise layers share.</summary>
internal static class NoiseLayers
{
    public static ArgumentSpec Rate { get; } = Arg.Number("rate", "Share that is dropped.", min: 0, max: 1, maxExclusive: true, required: true);

    public static ArgumentSpec Seed { get; } = Arg.Integer("seed", "Not used: the job's seed and the layer's place name the stream.", nullable: true);

    /// <summary>The input without gaps, so that noise reaches no padding, and an output like it.</summary>
    public static (Value X, Value Y) Ends(LayerBuild build)
    {
        Value x = build.Compact(build.Input);
        return (x, x with { Buffer = build.NewBuffer("output", x.Buffer.RowLength) });
    }
}
