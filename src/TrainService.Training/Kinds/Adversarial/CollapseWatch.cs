using TrainService.Specification;

namespace TrainService.Training.Kinds.Adversarial;

/// <summary>Notices at the end of epochs when one of the two has won, or when samples are all alike; says it once for as long as it lasts.</summary>
internal sealed class CollapseWatch
{
    /// <summary>Spread of the samples against that of the data below which they count as alike.</summary>
    public const double LeastDiversity = 0.3;

    /// <summary>Mean loss of the discriminator below which nothing is left to learn from it: it is sure of 98 % on both sides.</summary>
    public const double LeastLoss = 0.02;

    private const int Patience = 3;

    private int _alike, _won;

    /// <param name="discriminatorLoss">Of the epoch, mean of both sides, without what smoothing leaves of it.</param>
    public IEnumerable<SpecWarning> Look(double discriminatorLoss, double diversity)
    {
        _alike = diversity < LeastDiversity ? _alike + 1 : 0;
        _won = discriminatorLoss < LeastLoss ? _won + 1 : 0;
        List<SpecWarning> said = [];
        if (_alike == 1)
            said.Add(new SpecWarning("/gan/generator", "gan_collapse", $"Samples are spread {diversity:0.##} times as wide as the data: the generator draws much the same again and again.",
                "Lower learning rates, batch normalization in the generator, or label smoothing; a smaller discriminator."));
        if (_won == Patience)
            said.Add(new SpecWarning("/gan/discriminator", "gan_discriminator_won", $"The discriminator's loss was below {LeastLoss} for {Patience} epochs: it leaves the generator nothing to learn from.",
                "A smaller discriminator or dropout in it, a lower discriminator_optimizer rate, more generator_steps, label_smoothing."));
        return said;
    }

    public double[] Save() => [_alike, _won];

    public void Restore(double[] saved) => (_alike, _won) = ((int)saved[0], (int)saved[1]);
}
