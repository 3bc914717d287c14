using TrainService.Data;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors.Threading;

namespace TrainService.Training.Running;

/// <summary>Loss and metrics of the validation rows, dropout off, after each epoch.</summary>
internal sealed class Validator : IDisposable
{
    /// <summary>Small training batches would make evaluation slow for nothing.</summary>
    public const int LeastBatch = 256;

    private readonly TrainingPlan _plan;
    private readonly Split _split;
    private readonly InferenceSession _session;
    private readonly int[] _rows;

    public Validator(TrainingPlan plan, int batchSize, NetworkState state, Split split, ComputeTeam team)
    {
        (_plan, _split) = (plan, split);
        _session = new InferenceSession(state, Math.Min(split.Count, BatchFor(batchSize)), team, featureMemory: InferenceSession.DefaultFeatureMemory);
        _rows = [.. Enumerable.Range(0, split.Count)];
    }

    public static int BatchFor(int trainingBatch) => Math.Max(trainingBatch, LeastBatch);

    /// <summary>"val_loss", and "val_" before each metric's name.</summary>
    public IEnumerable<KeyValuePair<string, double>> Measure()
        => _session.Evaluate(_split.Inputs, _split.Targets, _split.SampleWeights, _rows, _plan.Loss, _plan.Metrics).ToDictionary()
            .Select(f => KeyValuePair.Create("val_" + f.Key, f.Value));

    public void Dispose() => _session.Dispose();
}
