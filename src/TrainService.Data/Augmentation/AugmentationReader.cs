using System.Text.Json;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Data.Augmentation;

/// <summary>Out of the <c>augment</c> object; what can take several forms is checked here, every mistake at its place.</summary>
public sealed class AugmentationReader(Arguments given, string pointer, ICollection<SpecError> errors)
{
    /// <summary>More choices than any picture has pixels along an axis.</summary>
    private const int MostPixels = 100_000;

    /// <summary>Null when something is wrong.</summary>
    public AugmentationSettings? Read()
    {
        int before = errors.Count;
        var settings = new AugmentationSettings
        {
            Rotation = given.Number("rotation_range"),
            WidthShift = Shift("width_shift_range"),
            HeightShift = Shift("height_shift_range"),
            Shear = given.Number("shear_range"),
            Zoom = Zoom(),
            ChannelShift = given.Number("channel_shift_range"),
            Brightness = Brightness(),
            HorizontalFlip = given.Flag("horizontal_flip"),
            VerticalFlip = given.Flag("vertical_flip"),
            Fill = Enum.Parse<FillMode>(given.Text("fill_mode"), ignoreCase: true),
            FillValue = given.Number("cval"),
            Cutout = given.OptionalObject("cutout") is { } cutout ? CutoutSettings.From(cutout) : null,
            MixupAlpha = given.OptionalObject("mixup")?.Number("alpha"),
        };
        return errors.Count > before ? null : settings;
    }

    private ShiftRange? Shift(string name)
    {
        if (Json(name) is not { } json) return null;
        if (json.ValueKind == JsonValueKind.Array)
        {
            List<double> choices = [];
            foreach (JsonElement item in json.EnumerateArray())
                if (Number(item, -MostPixels, MostPixels) is { } choice) choices.Add(choice);
            if (choices.Count == json.GetArrayLength() && choices.Count is > 0 and <= 1000) return ShiftRange.OneOf(choices);
        }
        else if (Number(json, 0, MostPixels) is { } number)
        {
            // As Keras tells them apart: a whole number is one of so many pixels, 2.0 is anything up to 2.
            bool whole = json.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') < 0;
            return number == 0 ? null : whole ? ShiftRange.Whole((int)number) : ShiftRange.Uniform(number);
        }

        Wrong(name, json, $"a share below 1, pixels up to {MostPixels:N0}, or a list of up to 1000 numbers");
        return null;
    }

    private (double, double) Zoom()
    {
        const string Name = "zoom_range";
        if (Json(Name) is not { } json) return (1, 1);
        if (json.ValueKind == JsonValueKind.Number && Number(json, 0, 1) is { } zoom && zoom < 1) return (1 - zoom, 1 + zoom);
        if (json.ValueKind == JsonValueKind.Array && json.GetArrayLength() == 2 && Number(json[0], 0.01, 100) is { } low && Number(json[1], 0.01, 100) is { } high && low <= high)
            return (low, high);
        Wrong(Name, json, "a number from 0 to below 1, or two factors from 0.01 to 100, the lower one first");
        return (1, 1);
    }

    private (double, double)? Brightness()
    {
        const string Name = "brightness_range";
        if (!given.Has(Name)) return null;
        IReadOnlyList<double> factors = given.Numbers(Name);
        if (factors[0] <= factors[1]) return (factors[0], factors[1]);
        errors.Add(new(JsonPointer.Member(pointer, Name), "out_of_range", $"The lower factor comes first: {factors[0]} is above {factors[1]}."));
        return null;
    }

    private JsonElement? Json(string name)
        => given.Has(name) && given.Values[name] is JsonElement { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } value ? value : null;

    private static double? Number(JsonElement json, double least, double most)
        => json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out double value) && value >= least && value <= most ? value : null;

    private void Wrong(string name, JsonElement json, string expected)
    {
        bool form = json.ValueKind is JsonValueKind.Number or JsonValueKind.Array;
        errors.Add(new(JsonPointer.Member(pointer, name), form ? "out_of_range" : "wrong_type", $"Expected {expected}, got {(form ? JsonWords.Short(json.GetRawText()) : JsonWords.Of(json))}."));
    }
}
