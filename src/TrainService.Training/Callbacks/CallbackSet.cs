using TrainService.NeuralNet.Sessions;
using TrainService.Training.Running;

namespace TrainService.Training.Callbacks;
internal sealed class CallbackSet(TrainingPlan plan, TrainingSession session)
{
    public bool RemembersBest => plan is null && session is null;
    public float? RateOverride => null;
    public EpochVerdict AtEpochEnd(int epoch, IReadOnlyDictionary<string, double> figures, float rate) => new(false, null, []);
    public IReadOnlyList<double[]> Save() => [];
    public void Restore(IReadOnlyList<double[]> s) { }
}
internal sealed record EpochVerdict(bool IsBest, string? StopReason, IReadOnlyList<string> Notes);
