using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Sessions;

namespace TrainService.Training.Compilation;

/// <summary>What there is to do in an epoch, by what it costs.</summary>
/// <param name="Flops">Floating-point operations of products.</param>
/// <param name="Numbers">Numbers that layers put out, and that pass through caches and memory for the backward pass; what only predicts stays in cache.</param>
/// <param name="Rows">Rows drawn and measured.</param>
/// <param name="ChangedNumbers">Inputs that augmentation makes anew.</param>
internal readonly record struct EpochWork(double Flops, double Numbers, double Rows, double Steps, double ChangedNumbers)
{
    /// <param name="network">What is frozen in it costs its forward pass only.</param>
    /// <param name="rows">Training rows.</param>
    /// <param name="validationRows">Cost a forward pass.</param>
    public static EpochWork Of(Network network, double rows, double steps, double validationRows)
    {
        HashSet<int> fixedLayers = [.. KeptFeatures.Base(network).Select(l => l.Index)];
        double outputs = network.Layers.Where(l => !fixedLayers.Contains(l.Index)).Sum(l => (double)l.OutputShape.Size);
        return new EpochWork((network.TrainingFlops * rows) + (network.Flops * validationRows), outputs * rows, rows + validationRows, steps, 0);
    }

    /// <summary>The mean over all epochs, when what a frozen base gives for a row is kept from the first epoch on, as far as there is room.</summary>
    /// <param name="network">The same.</param>
    /// <param name="rows">Training rows, unless they vary: then 0.</param>
    /// <param name="validationRows">They never vary.</param>
    public EpochWork Keeping(Network network, double rows, double validationRows, int epochs)
    {
        double kept = ((rows * KeptFeatures.Share(network, rows)) + (validationRows * KeptFeatures.Share(network, validationRows))) * (1 - (1.0 / epochs));
        return this with { Flops = Math.Max(0, Flops - (KeptFeatures.Base(network).Sum(l => (double)l.Flops) * kept)) };
    }
}
