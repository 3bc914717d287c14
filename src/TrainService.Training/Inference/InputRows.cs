using System.Numerics.Tensors;
using System.Text.Json;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Tensors;

namespace TrainService.Training.Inference;

/// <summary>A client's rows, as the network takes them.</summary>
internal static class InputRows
{
    /// <summary>Null when there were errors.</summary>
    public static FloatRows? Read(JsonElement inputs, LoadedNetwork network, SpecErrors errors)
    {
        int before = errors.Count;
        if (inputs.ValueKind != JsonValueKind.Array || inputs.GetArrayLength() is 0 or > PredictionService.MostRows)
        {
            errors.Add("/inputs", "out_of_range", $"Expected a list of 1 to {PredictionService.MostRows} samples.", inputs);
            return null;
        }
        int length = (int)network.State.Network.InputShape.Size, count = inputs.GetArrayLength();
        if ((long)length * count > Array.MaxLength)
        {
            errors.Add("/inputs", "too_large", $"{count} samples of {length} numbers are too many for one request.", count);
            return null;
        }
        float[] values = new float[length * count];
        float[] raw = new float[network.Preprocessing?.RawLength ?? length];
        var found = new List<SpecError>();
        var lookedUp = new LookedUp(network);
        int row = 0;
        foreach (JsonElement sample in inputs.EnumerateArray())
        {
            string place = $"/inputs/{row}";
            Span<float> target = values.AsSpan(row++ * length, length);
            if (network.Preprocessing is not { } preprocessing)
            {
                if (!TryReadNumbers(sample, network, raw, place, found)) continue;
                raw.CopyTo(target);
            }
            else
            {
                if (!preprocessing.TryRead(sample, raw, place, found)) continue;
                preprocessing.Apply(raw, target);
            }
            if (found.Count >= SpecErrors.Limit) break;
            if (!TensorPrimitives.IsFiniteAll<float>(target))
                found.Add(new SpecError(place, "not_finite", "A number here is too large for float32."));
            else
                lookedUp.Check(sample, target, place, found);
        }
        foreach (SpecError error in found) errors.Add(error);
        return errors.Count == before ? new FloatRows(values, length) : null;
    }

    // A checkpoint without a preprocessing of its own takes an array of the network's shape.
    private static bool TryReadNumbers(JsonElement sample, LoadedNetwork network, Span<float> raw, string place, List<SpecError> errors)
        => new Data.Preprocessing.FittedPreprocessing { InputShape = [.. network.State.Network.InputShape.Axes] }.TryRead(sample, raw, place, errors);
}
