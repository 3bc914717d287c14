using TrainService.Jobs.Specs;

namespace TrainService.Training.Checkpoints;

/// <summary>A saved checkpoint, as far as keeping it is concerned.</summary>
/// <param name="Monitored">What tells the best; NaN when it was not measured.</param>
internal sealed record KeptCheckpoint(string Id, int Epoch, long Step, double Monitored);

/// <summary>Which checkpoints of a job stay: the newest few and the best few.</summary>
internal sealed class Retention(CheckpointPolicy policy, bool higherIsBetter)
{
    private readonly List<KeptCheckpoint> _saved = [];

    public IReadOnlyList<KeptCheckpoint> Saved => _saved;

    /// <summary>The best of all that are there, the earlier one of equals; null when nothing was measured.</summary>
    public KeptCheckpoint? Best => Ranked().FirstOrDefault();

    /// <summary>Adds one; saving the same one again changes nothing.</summary>
    public void Add(KeptCheckpoint checkpoint)
    {
        _saved.RemoveAll(c => c.Id == checkpoint.Id);
        _saved.Add(checkpoint);
    }

    /// <summary>A copy with one more.</summary>
    public Retention With(KeptCheckpoint checkpoint)
    {
        var copy = new Retention(policy, higherIsBetter);
        copy._saved.AddRange(_saved);
        copy.Add(checkpoint);
        return copy;
    }

    /// <summary>Forgets those that must go, and returns whether there were any.</summary>
    public bool Prune()
    {
        HashSet<string> keep = [.. _saved.OrderByDescending(c => c.Step).Take(policy.KeepLast).Concat(Ranked().Take(policy.KeepBest)).Select(c => c.Id)];
        return _saved.RemoveAll(c => !keep.Contains(c.Id)) > 0;
    }

    private IEnumerable<KeptCheckpoint> Ranked() => _saved.Where(c => !double.IsNaN(c.Monitored))
        .OrderBy(c => higherIsBetter ? -c.Monitored : c.Monitored).ThenBy(c => c.Step);
}
