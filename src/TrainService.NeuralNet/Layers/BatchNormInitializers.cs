using TrainService.NeuralNet.Initializers;
using TrainService.Specification;

namespace TrainService.NeuralNet.Layers;

/// <summary>Start values and rules of a batch normalization's four tensors, under Keras's names.</summary>
public sealed record BatchNormInitializers(Initializer Gamma, Initializer Beta, Initializer Mean, Initializer Variance, TensorRules GammaRules, TensorRules BetaRules)
{
    public static IReadOnlyList<ArgumentSpec> Arguments { get; } =
    [
        Arg.Component("gamma_initializer", "initializer", "Start values of the scale.", "ones"),
        Arg.Component("beta_initializer", "initializer", "Start values of the shift.", "zeros"),
        Arg.Component("moving_mean_initializer", "initializer", "Start values of the moving mean.", "zeros"),
        Arg.Component("moving_variance_initializer", "initializer", "Start values of the moving variance.", "ones"),
        .. TensorRules.Arguments("gamma", "the scale"),
        .. TensorRules.Arguments("beta", "the shift"),
    ];

    public static BatchNormInitializers From(Arguments a) => new(
        a.Component<Initializer>("gamma_initializer"), a.Component<Initializer>("beta_initializer"),
        a.Component<Initializer>("moving_mean_initializer"), a.Component<Initializer>("moving_variance_initializer"),
        TensorRules.From(a, "gamma"), TensorRules.From(a, "beta"));
}
