using System.Numerics.Tensors;

namespace TrainService.Data.Preprocessing;

/// <summary>
/// y = (x - <see cref="Subtract"/>) · <see cref="Multiply"/> + <see cref="Add"/>, element by element. Each of the three holds one number for
/// the whole row, one for each channel (then <see cref="Channels"/> says how many), or one for each element. Subtracting first keeps the digits of values far from zero.
/// </summary>
public sealed record FittedStep(string Type, IReadOnlyList<float> Subtract, IReadOnlyList<float> Multiply, IReadOnlyList<float> Add)
{
    /// <summary>When lists hold one number a channel: how many channels a pixel has; else 0.</summary>
    public int Channels { get; init; }

    /// <summary>Each pixel's channels are turned round first: red, green, blue to blue, green, red.</summary>
    public bool ReverseChannels { get; init; }

    /// <summary>The row's own mean is taken off first.</summary>
    public bool CentersRow { get; init; }

    /// <summary>Then the row is divided by its own standard deviation + 1e-6, as Keras has it.</summary>
    public bool ScalesRow { get; init; }

    private readonly float[] _subtract = [.. Subtract], _multiply = [.. Multiply], _add = [.. Add];

    /// <summary>In place. Allocates nothing; any number of threads at once.</summary>
    public void Apply(Span<float> row)
    {
        if (CentersRow || ScalesRow) ApplyOwn(row);
        if (Channels > 0)
        {
            for (int i = 0; i < row.Length; i += Channels) ApplyPixel(row.Slice(i, Channels));
            return;
        }

        if (_subtract.Length == 1)
        {
            if (_subtract[0] != 0) TensorPrimitives.Subtract(row, _subtract[0], row);
        }
        else
        {
            TensorPrimitives.Subtract(row, _subtract, row);
        }
        if (_multiply.Length == 1) TensorPrimitives.Multiply(row, _multiply[0], row);
        else TensorPrimitives.Multiply(row, _multiply, row);
        if (_add.Length == 1)
        {
            if (_add[0] != 0) TensorPrimitives.Add(row, _add[0], row);
        }
        else
        {
            TensorPrimitives.Add(row, _add, row);
        }
    }

    private void ApplyOwn(Span<float> row)
    {
        if (CentersRow) TensorPrimitives.Subtract(row, (float)Mean(row), row);
        if (!ScalesRow) return;
        double mean = Mean(row), squares = 0;
        foreach (float x in row) squares += (x - mean) * (x - mean);
        TensorPrimitives.Multiply(row, (float)(1 / (Math.Sqrt(squares / row.Length) + 1e-6)), row);
    }

    private static double Mean(ReadOnlySpan<float> row)
    {
        double sum = 0;
        foreach (float x in row) sum += x;
        return sum / row.Length;
    }

    private void ApplyPixel(Span<float> pixel)
    {
        if (ReverseChannels) pixel.Reverse();
        for (int c = 0; c < pixel.Length; c++)
            pixel[c] = ((pixel[c] - _subtract[_subtract.Length == 1 ? 0 : c]) * _multiply[_multiply.Length == 1 ? 0 : c]) + _add[_add.Length == 1 ? 0 : c];
    }
}
