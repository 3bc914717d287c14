using TrainService.NeuralNet.Metrics;

namespace TrainService.Training.Inference;

/// <summary>Counts which class was taken for which.</summary>
internal sealed class ConfusionCount
{
    private readonly ConfusionMatrix _matrix;
    private readonly double[] _state;
    private readonly IReadOnlyList<string> _names;
    private readonly bool _scores;

    private ConfusionCount(int outputs, IReadOnlyList<string> names, bool scores)
    {
        (_matrix, _names, _scores) = (new ConfusionMatrix(outputs), names, scores && outputs == 1);
        _state = new double[_matrix.StateLength];
    }

    /// <summary>Null when the network does not tell classes.</summary>
    public static ConfusionCount? For(LoadedNetwork network, int outputs)
        => network.ClassNames is { } names && names.Count == Math.Max(2, outputs) ? new ConfusionCount(outputs, names, network.FromLogits) : null;

    public void Add(int row, ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
    {
        // A single score is past the middle when it is above 0, a probability when it is above ½.
        Span<float> probability = [_scores ? prediction[0] + 0.5f : 0];
        _matrix.Add(_scores ? probability : prediction, target, 1, logits: false, _state);
    }

    public Confusion Result()
    {
        IReadOnlyList<ClassFigures> figures = _matrix.PerClass(_state);
        int classes = _matrix.Classes;
        return new Confusion(_names,
            [.. Enumerable.Range(0, classes).Select(t => (IReadOnlyList<long>)[.. Enumerable.Range(0, classes).Select(p => (long)_state[(t * classes) + p])])],
            [.. figures.Select((f, i) => new ClassReport(_names[i], f.Precision, f.Recall, f.F1, (long)f.Support))]);
    }
}
