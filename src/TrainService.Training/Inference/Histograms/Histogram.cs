namespace TrainService.Training.Inference.Histograms;

/// <summary>How numbers are spread.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="StandardDeviation">Divided by their number.</param>
/// <param name="Zeros">Share of them that is exactly 0: of a relu's outputs those that are off.</param>
/// <param name="Bins">Numbers in each of equally wide steps from the least to the greatest.</param>
public sealed record Histogram(long Count, double Minimum, double Maximum, double Mean, double StandardDeviation, double Zeros, IReadOnlyList<long> Bins);

/// <summary>Gathers a histogram in two passes over the same numbers: range and moments first, then the bins.</summary>
internal sealed class HistogramBuilder(int bins)
{
    private readonly long[] _bins = new long[bins];
    private double _minimum = double.PositiveInfinity, _maximum = double.NegativeInfinity, _mean, _squares;
    private long _count, _zeros;

    public void Measure(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value)) continue;
            _minimum = Math.Min(_minimum, value);
            _maximum = Math.Max(_maximum, value);
            if (value == 0) _zeros++;
            // Welford's update.
            double difference = value - _mean;
            _mean += difference / ++_count;
            _squares += difference * (value - _mean);
        }
    }

    public void Sort(ReadOnlySpan<float> values)
    {
        double scale = _maximum > _minimum ? _bins.Length / (_maximum - _minimum) : 0;
        foreach (float value in values)
            if (float.IsFinite(value)) _bins[Math.Clamp((int)((value - _minimum) * scale), 0, _bins.Length - 1)]++;
    }

    /// <summary>Null when there was no finite number.</summary>
    public Histogram? Result() => _count == 0 ? null : new Histogram(_count, _minimum, _maximum, _mean, Math.Sqrt(_squares / _count), (double)_zeros / _count, _bins);
}
