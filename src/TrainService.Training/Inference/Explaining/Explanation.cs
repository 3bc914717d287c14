namespace TrainService.Training.Inference.Explaining;

/// <summary>What in one input speaks for one output.</summary>
public sealed record Explanation
{
    public required string Method { get; init; }

    /// <summary><c>score</c>, the number before the last softmax or sigmoid, or <c>probability</c>.</summary>
    public required string Of { get; init; }

    /// <summary>Number of the class, or of the output when the network tells no classes.</summary>
    public required int Index { get; init; }

    /// <summary>Null when the network tells no classes.</summary>
    public string? ClassName { get; init; }

    /// <summary>The class that the dataset has for the row; null for inputs from elsewhere.</summary>
    public string? Actual { get; init; }

    /// <summary>Score or probability of the input.</summary>
    public required double Score { get; init; }

    /// <summary>The same of the baseline, where the method has one that stands in for the whole input.</summary>
    public double? BaselineScore { get; init; }

    /// <summary>For Grad-CAM: the layer.</summary>
    public string? Layer { get; init; }

    /// <summary>
    /// One number for each input as the network takes it, in the input's shape: the gradient, or the input's share in the score. For Grad-CAM one
    /// for each place of the layer.
    /// </summary>
    public required IReadOnlyList<int> Shape { get; init; }

    /// <summary>In the order of <see cref="Shape"/>.</summary>
    public required float[] Values { get; init; }

    /// <summary>For pictures: what is shown.</summary>
    public HeatMap? Map { get; init; }

    /// <summary>For tables: by column.</summary>
    public IReadOnlyList<ColumnShare>? Columns { get; init; }

    /// <summary>For pictures: the picture itself.</summary>
    public ExplainedPicture? Picture { get; init; }
}

/// <summary>One number a pixel.</summary>
/// <param name="Signed">Below 0 speaks against; otherwise all are 0 or more.</param>
public sealed record HeatMap(int Height, int Width, bool Signed, float[] Values);

/// <summary>One column of a table.</summary>
/// <param name="Value">The column's share, or its gradient; of several gradients the one furthest from 0.</param>
/// <param name="Values">Of each number that the network takes for it: one, or one for each category.</param>
public sealed record ColumnShare(string Name, double Value, IReadOnlyList<float> Values);

/// <summary>A picture as bytes, row by row.</summary>
/// <param name="Channels">1 (grey) or 3.</param>
public sealed record ExplainedPicture(int Height, int Width, int Channels, byte[] Pixels);
