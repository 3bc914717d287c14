using System.Numerics.Tensors;
using System.Text.Json;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers.Ports;
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
        List<NetworkLayer> ports = [.. network.State.Network.Layers.Where(l => l.Layer is InputPort)];
        int row = 0;
        foreach (JsonElement sample in inputs.EnumerateArray())
        {
            string place = $"/inputs/{row}";
            Span<float> target = values.AsSpan(row++ * length, length);
            if (sample.ValueKind == JsonValueKind.Object && network.Preprocessing?.Columns is null && ports.Count > 0)
            {
                if (!TryReadNamed(sample, ports, raw, place, found)) continue;
                if (network.Preprocessing is { } steps) steps.Apply(raw, target);
                else raw.CopyTo(target);
            }
            else if (network.Preprocessing is not { } preprocessing)
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

    // Of a model with several inputs: each by its name.
    private static bool TryReadNamed(JsonElement sample, List<NetworkLayer> ports, Span<float> raw, string place, List<SpecError> errors)
    {
        int before = errors.Count;
        foreach (NetworkLayer port in ports)
        {
            if (!JsonText.TryGetMember(sample, port.Name, out JsonElement given))
            {
                errors.Add(new SpecError(place, "required", $"The input '{port.Name}' is missing.", port.Name));
                continue;
            }

            float[] values = new float[(int)port.OutputShape.Size];
            if (!new Data.Preprocessing.FittedPreprocessing { InputShape = [.. port.OutputShape.Axes] }.TryRead(given, values, JsonPointer.Member(place, port.Name), errors)) continue;
            IReadOnlyList<int> take = ((InputPort)port.Layer).Take;
            for (int i = 0; i < values.Length; i++) raw[take[i]] = values[i];
        }

        foreach (JsonProperty property in sample.EnumerateObject())
            if (!JsonText.TryGetName(property, out string? name) || !ports.Any(p => p.Name == name))
                errors.Add(new SpecError(place, "unknown_key", $"The model has no such input; its inputs: {string.Join(", ", ports.Select(p => p.Name))}.", name, name is null ? null : NearestName.Of(name, ports.Select(p => p.Name))));
        return errors.Count == before;
    }

    // A checkpoint without a preprocessing of its own takes an array of the network's shape.
    private static bool TryReadNumbers(JsonElement sample, LoadedNetwork network, Span<float> raw, string place, List<SpecError> errors)
        => new Data.Preprocessing.FittedPreprocessing { InputShape = [.. network.State.Network.InputShape.Axes] }.TryRead(sample, raw, place, errors);
}
