using System.Text.Json;

namespace TrainService.Data.Preprocessing;

public sealed partial record FittedPreprocessing
{
    /// <summary>Everything, as JSON in snake_case. Floats are written so that they read back the same.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DataJson.Options);

    /// <summary>Reads what <see cref="ToJson"/> wrote. Throws <see cref="FormatException"/> when it does not fit together.</summary>
    public static FittedPreprocessing FromJson(string json)
    {
        FittedPreprocessing? read;
        try
        {
            read = JsonSerializer.Deserialize<FittedPreprocessing>(json, DataJson.Options);
        }
        catch (JsonException e)
        {
            throw new FormatException($"The fitted preprocessing is not readable: {e.Message}", e);
        }
        if (read is null || read.InputShape.Any(axis => axis <= 0)) throw new FormatException("The fitted preprocessing has no valid input shape.");
        if (read.Columns is { } columns && columns.Sum(c => (long)c.Width) != read.FeatureLength)
            throw new FormatException("The fitted preprocessing's columns do not add up to its input shape.");
        foreach (FittedStep step in read.Steps.Where(s => s.Channels < 0 || (s.Channels > 0 && read.FeatureLength % s.Channels != 0)))
            throw new FormatException($"The fitted step '{step.Type}' has {step.Channels} channels for rows of {read.FeatureLength}.");
        foreach (FittedStep step in read.Steps)
            foreach (IReadOnlyList<float> values in (IReadOnlyList<float>[])[step.Subtract, step.Multiply, step.Add])
                if (values.Count != 1 && values.Count != (step.Channels > 0 ? step.Channels : read.FeatureLength))
                    throw new FormatException($"The fitted step '{step.Type}' has {values.Count} numbers for rows of {read.FeatureLength}.");
        return read;
    }
}
