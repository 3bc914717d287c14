using System.Text.Json;
using TrainService.Specification.Reading;

namespace TrainService.Training.Inference.Explaining;

/// <summary>What stands for nothing, as the network takes it.</summary>
internal static class Baseline
{
    private static readonly string[] Words = ["black", "gray", "white", "mean", "zero"];

    /// <param name="asked">Null for the default.</param>
    /// <param name="usual">The word that is the default for pictures.</param>
    /// <returns>Null when it is not understood.</returns>
    public static float[]? Read(JsonElement? asked, string usual, ExplainedInput input, SpecErrors errors)
    {
        if (asked is { ValueKind: JsonValueKind.Number } number && number.TryGetSingle(out float raw) && float.IsFinite(raw)) return input.Filled(raw);
        if (asked is { ValueKind: JsonValueKind.Array or JsonValueKind.Object } sample) return ReadSample(sample, input, errors);
        string? word = asked is null ? (input.IsPicture ? usual : "zero") : JsonText.TryGet(asked.Value, out string? text) ? text : null;
        switch (word)
        {
            case "zero":
                return new float[input.Row.Length];
            case "black" or "gray" or "white" or "mean" when input.IsPicture:
                return word == "mean" ? input.FilledWithMean() : input.Filled(word == "black" ? 0 : word == "gray" ? input.White / 2 : input.White);
            case "black" or "gray" or "white" or "mean":
                errors.Add("/baseline", "conflict", $"'{word}' is for pictures; the network takes none: zero, a number or an input of its own.", word);
                return null;
            default:
                errors.Add("/baseline", "unknown_name", $"Expected {string.Join(", ", Words)}, a number, or a whole input.", SpecErrors.Show(asked!.Value), word is null ? null : NearestName.Of(word, Words));
                return null;
        }
    }

    private static float[]? ReadSample(JsonElement sample, ExplainedInput input, SpecErrors errors)
    {
        var found = new List<Specification.SpecError>();
        float[] values = new float[input.Preprocessing.RawLength];
        if (input.Preprocessing.TryRead(sample, values, "/baseline", found)) return input.Applied(values);
        foreach (Specification.SpecError error in found) errors.Add(error);
        return null;
    }
}
