using System.Text.Json.Nodes;
using TrainService.NeuralNet.Adversarial;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;
using TrainService.Training.Running;

namespace TrainService.Training.Kinds.Adversarial;

/// <summary>Samples of the same latent numbers each time, as the generator draws them when it is asked to predict: how wide they are spread, and as pictures.</summary>
internal sealed class SampleSheet : IDisposable
{
    private const int Columns = 8, MostRows = 1024, Drawn = 256, Batch = 64;
    private const uint Stream = 3;

    private readonly InferenceSession _session;
    private readonly LatentRows _latents;
    private readonly IReadOnlyList<int> _shape;
    private readonly int _shown, _length;
    private readonly double _dataSpread;
    private readonly float _low, _high;
    private readonly int[] _rows;
    private readonly float[] _samples;

    /// <param name="data">Training rows.</param>
    /// <param name="shape">Of a row.</param>
    /// <param name="shown">Pictures in a sheet.</param>
    public SampleSheet(NetworkState generator, AdversarialOptions options, RowSource data, IReadOnlyList<int> shape, int shown, ComputeTeam team)
    {
        (_shape, _shown, _length) = (shape, shown, data.RowLength);
        _session = new InferenceSession(generator, Batch, team);
        _latents = new LatentRows(options.Seed, options.LatentSize, options.Latents, Stream);
        _rows = [.. Enumerable.Range(0, Math.Max(Drawn, shown))];
        _samples = new float[checked(_rows.Length * _length)];
        float[] rows = new float[checked(Math.Min(MostRows, data.Count) * _length)];
        for (int r = 0; r < rows.Length / _length; r++) data.CopyRow(r, rows.AsSpan(r * _length, _length));
        _dataSpread = Spread(rows, _length);
        (_low, _high) = (rows.Min(), rows.Max());
        if (_high <= _low) _high = _low + 1;
    }

    /// <summary>Draws the samples as the generator draws them now.</summary>
    /// <returns>Their standard deviation over that of the data, all numbers of a row together; NaN where the data has none.</returns>
    public double Draw()
    {
        _session.Predict(_latents, _rows, _samples);
        return _dataSpread > 0 ? Spread(_samples, _length) / _dataSpread : double.NaN;
    }

    /// <summary>The samples drawn last, as a picture; null where rows are none.</summary>
    public JsonObject? Sheet() => _shown == 0 ? null : PictureGrid.Of("samples", _shape, _samples.AsSpan(0, _shown * _length), Columns, _low, _high);

    public void Dispose() => _session.Dispose();

    /// <summary>Square root of the mean variance of a number over the rows.</summary>
    private static double Spread(ReadOnlySpan<float> rows, int length)
    {
        int count = rows.Length / length;
        double variance = 0;
        for (int i = 0; i < length; i++)
        {
            double sum = 0, squares = 0;
            for (int r = 0; r < count; r++)
            {
                double value = rows[(r * length) + i];
                sum += value;
                squares += value * value;
            }
            variance += Math.Max(0, (squares / count) - (sum / count * sum / count));
        }
        return Math.Sqrt(variance / length);
    }
}
