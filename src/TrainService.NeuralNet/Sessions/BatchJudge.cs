using TrainService.NeuralNet.Losses;

namespace TrainService.NeuralNet.Sessions;

/// <summary>Gathers the outputs of a batch in evaluation for a loss that judges them together.</summary>
internal sealed class BatchJudge(BatchLoss loss, int batch, int length)
{
    private readonly BatchScratch _scratch = loss.NewScratch(batch);
    private readonly float[] _predictions = new float[checked(batch * length)];
    private readonly float[] _targets = new float[batch];
    private readonly float[] _weights = new float[batch];
    private readonly double[] _losses = new double[batch];
    private int _count;

    public void Add(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, float weight)
    {
        prediction.CopyTo(_predictions.AsSpan(_count * length, length));
        (_targets[_count], _weights[_count]) = (target[0], weight);
        _count++;
    }

    /// <summary>Σ row loss · row weight of what was added since the last time.</summary>
    public double Take()
    {
        loss.Judge(new BatchRows(_predictions, _count, length, length, _targets, 1), _losses, _scratch);
        double sum = 0;
        for (int r = 0; r < _count; r++) sum += _losses[r] * _weights[r];
        _count = 0;
        return sum;
    }
}
