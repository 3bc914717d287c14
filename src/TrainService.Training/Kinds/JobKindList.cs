using TrainService.Training.Kinds.Autoencoders;
using TrainService.Training.Kinds.Pairs;

namespace TrainService.Training.Kinds;

/// <summary>What each kind of <see cref="Jobs.Specs.Kinds.JobKinds"/> does.</summary>
internal static class JobKindList
{
    public static IReadOnlyList<JobKind> All { get; } =
    [
        new Training(), new RateSearch(), new Evaluate(), new Sweep(), new AutoencoderTraining(), new GreedyTraining(), new PairsTraining(), new AdversarialTraining(),
        new BoltzmannPretraining(),
    ];

    /// <param name="name">Of a kind that there is.</param>
    public static JobKind Of(string name) => All.First(k => k.Name == name);
}
