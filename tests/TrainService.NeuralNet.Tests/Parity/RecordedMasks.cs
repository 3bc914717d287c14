using TrainService.Formats;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Tests.Parity;

/// <summary>The dropout masks that Keras drew: arrays "dropout/step/layer" with 1 for what was kept.</summary>
internal sealed class RecordedMasks : IDropoutMasks
{
    private readonly Dictionary<(uint Stream, long Step), (float[] Keep, int RowLength)> _masks = [];

    public RecordedMasks(ParityCase parity)
    {
        foreach ((string name, NamedArray mask) in parity.Expected)
        {
            string[] parts = name.Split('/', 3);
            if (parts[0] != "dropout") continue;
            _masks[(NetworkState.StreamOf(parts[2]), long.Parse(parts[1]))] = (mask.ToSingles(), (int)(mask.Count / mask.Shape[0]));
        }
    }

    public bool Any => _masks.Count > 0;

    public void Apply(uint stream, long iteration, int row, float rate, ReadOnlySpan<float> x, Span<float> y)
    {
        (float[] keep, int length) = _masks[(stream, iteration)];
        for (int i = 0; i < x.Length; i++) y[i] = i < length && keep[(row * length) + i] != 0 ? x[i] / (1 - rate) : 0;
    }
}
