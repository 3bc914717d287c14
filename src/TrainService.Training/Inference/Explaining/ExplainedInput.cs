using System.Numerics.Tensors;
using TrainService.Data.Preprocessing;

namespace TrainService.Training.Inference.Explaining;

/// <summary>The sample that is explained: as it came (raw, see <see cref="FittedPreprocessing"/>) and as the network takes it.</summary>
internal sealed class ExplainedInput
{
    private readonly float[] _raw;

    public ExplainedInput(FittedPreprocessing preprocessing, float[] raw, string? actual = null)
    {
        (Preprocessing, _raw, Actual) = (preprocessing, raw, actual);
        Row = Applied(raw);
    }

    public FittedPreprocessing Preprocessing { get; }

    /// <summary>As the network takes it.</summary>
    public float[] Row { get; }

    public string? Actual { get; }

    public IReadOnlyList<int> Shape => Preprocessing.InputShape;

    /// <summary>It has height and width: [height, width] or [height, width, channels].</summary>
    public bool IsPicture => Preprocessing.Columns is null && Shape.Count is 2 or 3 && Shape[0] > 1 && Shape[1] > 1;

    public int Channels => Shape.Count == 3 ? Shape[2] : 1;

    /// <summary>Raw number of the brightest pixel.</summary>
    public float White => Preprocessing.Scale == 1 ? 1 : (float)(255 * Preprocessing.Scale);

    /// <summary>A row of the same raw number everywhere.</summary>
    public float[] Filled(float raw)
    {
        float[] filled = new float[_raw.Length];
        Array.Fill(filled, raw);
        return Applied(filled);
    }

    /// <summary>A picture of its own mean colour.</summary>
    public float[] FilledWithMean()
    {
        float[] filled = new float[_raw.Length];
        for (int c = 0; c < Channels; c++)
        {
            double sum = 0;
            for (int i = c; i < _raw.Length; i += Channels) sum += _raw[i];
            for (int i = c; i < _raw.Length; i += Channels) filled[i] = (float)(sum * Channels / _raw.Length);
        }

        return Applied(filled);
    }

    public float[] Applied(float[] raw)
    {
        float[] row = new float[Preprocessing.FeatureLength];
        Preprocessing.Apply(raw, row);
        return row;
    }

    /// <summary>To look at: bytes are as they were; other numbers go from black, the least, to white, the greatest.</summary>
    public ExplainedPicture Picture()
    {
        int pixels = Shape[0] * Shape[1], shown = Channels == 3 ? 3 : 1;
        float least = 0, most = White;
        if (Preprocessing.Scale == 1) (least, most) = (TensorPrimitives.Min<float>(_raw), TensorPrimitives.Max<float>(_raw));
        float factor = most > least ? 255 / (most - least) : 0;
        byte[] bytes = new byte[pixels * shown];
        for (int p = 0; p < pixels; p++)
        {
            ReadOnlySpan<float> pixel = _raw.AsSpan(p * Channels, Channels);
            for (int c = 0; c < shown; c++)
            {
                float value = shown == 3 ? pixel[c] : TensorPrimitives.Sum(pixel) / Channels;
                bytes[(p * shown) + c] = (byte)Math.Clamp(MathF.Round((value - least) * factor), 0, 255);
            }
        }

        return new ExplainedPicture(Shape[0], Shape[1], shown, bytes);
    }
}
