namespace TrainService.Queue;

/// <summary>Waiting jobs in their order: by band, then by age. Not thread-safe.</summary>
internal sealed class WaitingLine
{
    private readonly SortedSet<(DateTimeOffset Place, string Id)> _line = new(Comparer<(DateTimeOffset Place, string Id)>.Create(
        (x, y) => x.Place != y.Place ? x.Place.CompareTo(y.Place) : string.CompareOrdinal(x.Id, y.Id)));

    private readonly Dictionary<string, DateTimeOffset> _places = new(StringComparer.Ordinal);

    /// <summary>Puts a job into its place, or moves it there.</summary>
    public void Put(string jobId, int priority)
    {
        DateTimeOffset place = Places.Of(jobId, priority);
        if (_places.TryGetValue(jobId, out DateTimeOffset before))
        {
            if (before == place)
                return;
            _line.Remove((before, jobId));
        }
        _places[jobId] = place;
        _line.Add((place, jobId));
    }

    public bool Remove(string jobId) => _places.Remove(jobId, out DateTimeOffset place) && _line.Remove((place, jobId));

    /// <summary>Takes out the first one that <paramref name="canRun"/>; null when there is none.</summary>
    public string? Take(Func<string, bool> canRun)
    {
        foreach ((_, string id) in _line)
            if (canRun(id))
            {
                Remove(id);
                return id;
            }
        return null;
    }
}
