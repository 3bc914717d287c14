namespace TrainService.NeuralNet.Finding;

/// <summary>
/// The learning-rate range test: a network is trained for a few hundred batches while the rate goes up by a constant factor after each, and the
/// loss is watched. It falls while the rate is of use, and explodes when it is too high.
/// </summary>
/// <remarks>
/// The smoothed loss is the running mean m = s m + (1 - s) loss, divided by 1 - sᵗ against its start at 0. It has exploded when it lies more than
/// (factor - 1) · max(|least|, a tenth of the fall so far) above the least one. All that it remembers are the losses: <see cref="Losses"/> handed in
/// again give the same state. Smith 2017, arXiv:1506.01186, section 3.3.
/// </remarks>
public sealed class LearningRateFinder(FinderSettings settings)
{
    private const double LeastFall = 0.1;

    /// <summary>The first losses say little: batches differ.</summary>
    private const int FirstJudged = 5;

    private readonly List<RatePoint> _points = [];
    private double _mean, _kept = 1, _first, _least = double.PositiveInfinity;

    public FinderSettings Settings => settings;

    /// <summary>What was seen, in order.</summary>
    public IReadOnlyList<RatePoint> Points => _points;

    public double[] Losses => [.. _points.Select(p => p.Loss)];

    /// <summary>The loss has exploded, or is no finite number any more.</summary>
    public bool Exploded { get; private set; }

    /// <summary>Nothing is left to do.</summary>
    public bool IsOver => Exploded || _points.Count == settings.Steps;

    /// <summary>For the next batch.</summary>
    public double NextRate => settings.RateAt(_points.Count);

    /// <summary>Takes the loss of the batch that <see cref="NextRate"/> was for.</summary>
    public void Take(double loss)
    {
        if (!double.IsFinite(loss))
        {
            Exploded = true;
            return;
        }

        double s = settings.Smoothing;
        _kept *= s;
        _mean = (s * _mean) + ((1 - s) * loss);
        double smoothed = _mean / (1 - _kept);
        if (_points.Count == 0) _first = smoothed;
        _points.Add(new RatePoint(NextRate, loss, smoothed));
        _least = Math.Min(_least, smoothed);
        double high = _least + ((settings.ExplodeFactor - 1) * Math.Max(Math.Abs(_least), LeastFall * (_first - _least)));
        if (_points.Count >= FirstJudged && smoothed > high) Exploded = true;
    }

    public RateSuggestions Suggest() => RateSuggestions.From(_points, Exploded);
}

/// <param name="Loss">Of the batch, before its update.</param>
/// <param name="Smoothed">Running mean of the losses so far.</param>
public readonly record struct RatePoint(double Rate, double Loss, double Smoothed);
