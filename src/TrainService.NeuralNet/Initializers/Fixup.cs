using TrainService.Specification;

namespace TrainService.NeuralNet.Initializers;

/// <summary>He normal times L^(-1/(2m - 2)): L residual branches of m weighted layers each then change the output by about as much as one would.</summary>
public static class Fixup
{
    public static ComponentDescriptor<Initializer> Descriptor { get; } = new("fixup", a => Create(a.Integer("branches"), a.Integer("branch_layers")))
    {
        Summary = "He normal, scaled down for the layers of residual branches that are not normalized.",
        Advice = "For all but the last layer of each residual branch, in a network without normalization; the last layer of each branch, and of the network, gets zeros. "
            + "Put a scalar_bias before each weighted layer and activation of a branch, and one scalar_multiplier into each branch.",
        Source = "Zhang, Dauphin, Ma 2019, arXiv:1901.09321",
        Arguments =
        [
            Arg.Integer("branches", "L: residual branches in the network.", min: 1, max: 100_000, required: true),
            Arg.Integer("branch_layers", "m: weighted layers in a branch.", 2, min: 2, max: 1000),
        ],
    };

    // The variance is scaled by the square of the factor.
    public static VarianceScaling Create(int branches, int layers)
        => new(2 * Math.Pow(branches, -1.0 / (layers - 1)), FanMode.FanIn, ScaledDistribution.TruncatedNormal);
}
