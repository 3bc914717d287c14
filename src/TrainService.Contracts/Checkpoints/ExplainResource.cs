using System.Text.Json.Serialization;

namespace TrainService.Contracts.Checkpoints;

/// <summary>What in one input speaks for one class.</summary>
public sealed record ExplainResource
{
    /// <summary>grad_cam, integrated_gradients, smooth_grad, gradient or occlusion.</summary>
    public required string Method { get; init; }

    /// <summary><c>score</c>, the number before the last softmax or sigmoid, or <c>probability</c>.</summary>
    public required string Of { get; init; }

    /// <summary>The class, or the output when the network tells no classes.</summary>
    public required ExplainedClassResource Class { get; init; }

    /// <summary>The class that the dataset has for the row.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Actual { get; init; }

    /// <summary>Score or probability of the input.</summary>
    public required double Score { get; init; }

    /// <summary>The same of the baseline of integrated_gradients: the values add up to the difference.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? BaselineScore { get; init; }

    /// <summary>The layer that grad_cam looked at.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Layer { get; init; }

    /// <summary>Of the values: the input's as the network takes it; for grad_cam the layer's height and width, for occlusion the picture's or the number of parts.</summary>
    public required IReadOnlyList<int> Shape { get; init; }

    /// <summary>Gradients, or shares in the score, one after the other.</summary>
    public required float[] Values { get; init; }

    /// <summary>For pictures: one number a pixel.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HeatMapResource? Map { get; init; }

    /// <summary>For tables: by column.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ExplainedColumnResource>? Columns { get; init; }
}

/// <param name="Index">Its number.</param>
/// <param name="Name">Null when the network tells no classes.</param>
public sealed record ExplainedClassResource(int Index, string? Name);

/// <param name="Signed">Below 0 speaks against the class; otherwise all are 0 or more.</param>
/// <param name="Values">Row by row.</param>
public sealed record HeatMapResource(int Height, int Width, bool Signed, float[] Values);

/// <param name="Value">The column's share, or its gradient; of several gradients the one furthest from 0.</param>
/// <param name="Values">Of each number that the network takes for the column: one, or one for each category.</param>
public sealed record ExplainedColumnResource(string Name, double Value, IReadOnlyList<float> Values);
