using TrainService.Tensors;
using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Tests;

/// <summary>A few rows of numbers for a test.</summary>
internal sealed class TestRows(float[][] rows) : RowSource
{
    public override int Count => rows.Length;

    public override int RowLength => rows[0].Length;

    public override void CopyRow(int row, Span<float> destination) => rows[row].CopyTo(destination);

    /// <summary>Normal numbers.</summary>
    public static TestRows Normal(int count, int length, uint stream, float scale = 1)
    {
        PhiloxStream random = new(7, RandomPurpose.Synthetic, stream);
        float[][] rows = new float[count][];
        for (int r = 0; r < count; r++)
        {
            rows[r] = new float[length];
            for (int i = 0; i < length; i++) rows[r][i] = (float)random.NextNormal() * scale;
        }

        return new TestRows(rows);
    }

    /// <summary>One class index a row.</summary>
    public static TestRows Classes(int count, int classes, uint stream)
    {
        PhiloxStream random = new(7, RandomPurpose.Synthetic, stream);
        float[][] rows = new float[count][];
        for (int r = 0; r < count; r++) rows[r] = [random.NextBelow(classes)];
        return new TestRows(rows);
    }
}
