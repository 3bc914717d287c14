using System.Text.Json;
using TrainService.Specification;

namespace TrainService.NeuralNet.Layers.Images;

/// <summary>Pixels along the four edges of an image, written as in Keras: one number, [height, width], or [[top, bottom], [left, right]].</summary>
internal readonly record struct Margins(int Top, int Bottom, int Left, int Right)
{
    private const int Most = 1 << 16;

    public static ArgumentSpec Argument(string name, string description, int @default) => new(name, ArgumentKind.Json, description)
    {
        Default = JsonSerializer.SerializeToElement(new[] { new[] { @default, @default }, new[] { @default, @default } }),
    };

    public static Margins From(Arguments arguments, string name) => Read((JsonElement)arguments.Values[name]!)
        ?? throw new ArgumentConflictException(name, "Expected a whole number from 0, [height, width], or [[top, bottom], [left, right]].");

    /// <summary>Of a sequence: steps before and behind, as the left and right of an image of one row.</summary>
    public static Margins OfLine(Arguments arguments, string name)
    {
        IReadOnlyList<long> steps = arguments.Integers(name);
        return new Margins(0, 0, (int)steps[0], (int)steps[^1]);
    }

    private static Margins? Read(JsonElement json)
    {
        if (Number(json) is { } all) return new Margins(all, all, all, all);
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() != 2) return null;
        return Pair(json[0]) is { } y && Pair(json[1]) is { } x ? new Margins(y.Before, y.After, x.Before, x.After) : null;
    }

    private static (int Before, int After)? Pair(JsonElement json)
    {
        if (Number(json) is { } both) return (both, both);
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() != 2) return null;
        return Number(json[0]) is { } before && Number(json[1]) is { } after ? (before, after) : null;
    }

    private static int? Number(JsonElement json)
        => json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out int n) && n is >= 0 and <= Most ? n : null;
}
