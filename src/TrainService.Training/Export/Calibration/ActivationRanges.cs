using System.Numerics.Tensors;
using TrainService.NeuralNet.Explaining;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers.Quantization;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.Training.Export.Calibration;

/// <summary>Least and greatest number that comes in, and that each layer puts out, over some rows; 0 counts as one of them.</summary>
internal sealed class ActivationRanges
{
    private readonly float[] _least, _greatest;

    private ActivationRanges(int layers) => (_least, _greatest) = (new float[layers + 1], new float[layers + 1]);

    /// <param name="layer">A layer's index; -1 for what comes in.</param>
    public EightBitGrid GridOf(int layer)
        => _greatest[layer + 1] > _least[layer + 1] ? new EightBitGrid(_least[layer + 1], _greatest[layer + 1]) : new EightBitGrid(0, 1);

    public static ActivationRanges Measure(NetworkState state, RowSource rows, ComputePool pool, CancellationToken ct)
    {
        Network network = state.Network;
        var ranges = new ActivationRanges(network.Layers.Count);
        float[] row = new float[rows.RowLength];
        for (int i = 0; i < rows.Count; i++)
        {
            rows.CopyRow(i, row);
            ranges.See(-1, row);
        }
        using ComputeTeam team = pool.LeaseBeside();
        using var session = new ActivationSession(state, team);
        session.Visit(rows, (_, layer, values) => ranges.See(layer, values), ct);
        return ranges;
    }

    // What is not finite has no place on a grid; a network that gives such numbers gives nothing useful anyway.
    private void See(int layer, ReadOnlySpan<float> values)
    {
        if (values.IsEmpty) return;
        float least = TensorPrimitives.Min(values), greatest = TensorPrimitives.Max(values);
        if (float.IsFinite(least)) _least[layer + 1] = Math.Min(_least[layer + 1], least);
        if (float.IsFinite(greatest)) _greatest[layer + 1] = Math.Max(_greatest[layer + 1], greatest);
    }
}
