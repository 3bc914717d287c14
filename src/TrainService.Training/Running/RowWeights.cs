using TrainService.Data;
using TrainService.Data.Descriptions;

namespace TrainService.Training.Running;

/// <summary>How much each training row counts: its sample weight times its class's weight.</summary>
internal static class RowWeights
{
    /// <summary>Of a single number that stands for a class, such as the 0 or 1 of a yes-or-no question.</summary>
    private const int MostClasses = 100_000;

    /// <param name="classWeight">By the class's name or number; 1 for classes that are not in it. Null when all count the same.</param>
    public static ReadOnlyMemory<float> Of(Split split, TargetDescription target, IReadOnlyDictionary<string, double>? classWeight)
    {
        if (classWeight is null) return split.SampleWeights;
        Dictionary<int, float> byClass = ByClass(target, classWeight);
        float[] weights = new float[split.Count], row = new float[split.Targets.RowLength];
        for (int i = 0; i < weights.Length; i++)
        {
            split.Targets.CopyRow(i, row);
            // A class given as a number that is none, such as 0.8, is the nearest one, as in Keras.
            int index = row.Length == 1 ? (int)MathF.Round(row[0]) : System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(row);
            weights[i] = byClass.GetValueOrDefault(index, 1) * (split.SampleWeights.IsEmpty ? 1 : split.SampleWeights.Span[i]);
        }
        return weights;
    }

    /// <summary>The index of a class that is given by its name or number; null when there is no such class.</summary>
    public static int? ClassIndex(TargetDescription target, string key)
    {
        IReadOnlyList<string> names = target.ClassNames ?? [];
        for (int i = 0; i < names.Count; i++)
            if (names[i] == key)
                return i;
        int classes = target.ClassNames?.Count ?? (target.Kind == TargetKind.Vector ? target.Length : target.Length == 1 ? MostClasses : 0);
        return int.TryParse(key, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int index) && index < classes ? index : null;
    }

    private static Dictionary<int, float> ByClass(TargetDescription target, IReadOnlyDictionary<string, double> classWeight)
    {
        var weights = new Dictionary<int, float>();
        foreach ((string key, double weight) in classWeight)
            if (ClassIndex(target, key) is { } index)
                weights[index] = (float)weight;
        return weights;
    }
}
