using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using TrainService.Data;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;
using TrainService.Training.Running;

namespace TrainService.Training.Kinds.Autoencoders;

/// <summary>The first few rows and, below them, what an autoencoder makes of them.</summary>
internal sealed class Reconstructions : EpochPictures
{
    /// <summary>Some KB at most, whatever the pictures are.</summary>
    private const int MostPixels = 8 * 1024;

    private readonly IReadOnlyList<int> _shape;
    private readonly RowSource _inputs;
    private readonly InferenceSession _session;
    private readonly int[] _rows;
    private readonly float[] _given, _made;

    private Reconstructions(NetworkState state, IReadOnlyList<int> shape, RowSource inputs, int count, ComputeTeam team)
    {
        (_shape, _inputs, _rows) = (shape, inputs, [.. Enumerable.Range(0, count)]);
        _session = new InferenceSession(state, count, team);
        (_given, _made) = (new float[count * inputs.RowLength], new float[count * inputs.RowLength]);
        for (int i = 0; i < count; i++) inputs.CopyRow(i, _given.AsSpan(i * inputs.RowLength, inputs.RowLength));
    }

    /// <summary>Of validation rows where there are any. Null where samples are no pictures, or none are wanted.</summary>
    public static Reconstructions? Of(NetworkState state, IReadOnlyList<int> shape, Split rows, int wanted, ComputeTeam team)
        => wanted == 0 || !PictureGrid.CanShow(shape) ? null : new Reconstructions(state, shape, rows.Inputs, Math.Min(wanted, rows.Count), team);

    /// <inheritdoc/>
    public override JsonObject? Draw()
    {
        _session.Predict(_inputs, _rows, _made);
        float black = TensorPrimitives.Min<float>(_given), white = TensorPrimitives.Max<float>(_given);
        return PictureGrid.Of("inputs, and below them their reconstructions", _shape, [.. _given, .. _made], _rows.Length, black, Math.Max(white, black + 1e-6f), MostPixels);
    }

    public override void Dispose() => _session.Dispose();
}
