using TrainService.Specification;

namespace TrainService.NeuralNet.Optimizers;

/// <summary><see cref="Adam"/> with a decoupled weight decay of 0.004 unless told otherwise.</summary>
public static class AdamW
{
    public static ComponentDescriptor<Optimizer> Descriptor { get; } = new("adamw", Adam.Create)
    {
        KerasName = "AdamW",
        Summary = "Adam, with weights that shrink a little at every step, apart from the gradient.",
        Advice = "Adam when the network overfits; tune weight_decay instead of l2.",
        Source = "Loshchilov, Hutter 2017, arXiv:1711.05101",
        Arguments = OptimizerSettings.Declare(0.001, Adam.Own, weightDecay: 0.004),
    };
}
