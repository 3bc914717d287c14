using TrainService.Specification;

namespace TrainService.NeuralNet.Pruning;

/// <summary>
/// Magnitude pruning during training: at certain updates the smallest weights of each kernel are set to zero, and stay there. How many is a pure
/// function of the update's number, so that resuming needs the masks alone.
/// </summary>
/// <remarks>
/// At update t, before it, when t ≥ begin_step, t ≤ end_step and (t - begin_step) is a multiple of frequency. Kernels and embeddings are
/// pruned, each for itself; biases and normalization are not. Zhu, Gupta 2017, arXiv:1710.01878.
/// </remarks>
public abstract class PruningSchedule
{
    private protected static ArgumentSpec Final { get; } =
        Arg.Number("final_sparsity", "Share of each kernel's weights that is zero in the end.", 0.5, min: 0, max: 1, maxExclusive: true) with { Aliases = ["target_sparsity"] };

    private protected static ArgumentSpec Begin { get; } =
        Arg.Integer("begin_step", "The update, counted from 0, before which weights are pruned for the first time.", 0, min: 0);

    private protected static ArgumentSpec Frequency { get; } =
        Arg.Integer("frequency", "Weights are chosen anew after every so many updates.", 100, min: 1);

    private protected static ArgumentSpec ByLayer { get; } =
        Arg.Flag("report_layers", "Epochs report the sparsity of each kernel too.", false);

    /// <summary>The first update at which weights are pruned.</summary>
    public long BeginStep { get; init; }

    /// <summary>The last one; null: to the end of training.</summary>
    public long? EndStep { get; init; }

    /// <summary>Updates between two prunings.</summary>
    public long Every { get; init; } = 100;

    /// <summary>Epochs report each kernel.</summary>
    public bool ReportLayers { get; init; }

    /// <summary>Weights are pruned before this update.</summary>
    /// <param name="step">Updates done before.</param>
    public bool IsDue(long step) => step >= BeginStep && !(step > EndStep) && (step - BeginStep) % Every == 0;

    /// <summary>Share of zeros that a pruning before this update leaves.</summary>
    /// <param name="step">At least <see cref="BeginStep"/>.</param>
    public abstract double SparsityAt(long step);
}
