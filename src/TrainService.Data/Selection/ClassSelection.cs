using System.Text.Json;
using TrainService.Data.Descriptions;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Data.Selection;

/// <summary>Keeps some classes, renumbered in the order in which they are asked for.</summary>
internal static class ClassSelection
{
    private const string Pointer = $"{Selector.Root}/classes";

    /// <param name="classes">Names, or whole numbers that are indices.</param>
    public static Selected? Apply(Selected selected, JsonElement classes, List<SpecError> errors)
    {
        if (selected.Target is not { Kind: TargetKind.Class, ClassNames: { } names })
        {
            errors.Add(new(Pointer, "conflict", "The target is no class: there are none to choose from."));
            return null;
        }
        if (classes.ValueKind != JsonValueKind.Array || classes.GetArrayLength() is < 1)
        {
            errors.Add(new(Pointer, "wrong_type", $"Expected a list of class names or indices, got {JsonWords.Of(classes)}."));
            return null;
        }
        int before = errors.Count;
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        for (int i = 0; i < names.Count; i++) numbers[names[i]] = i;
        List<int> kept = [];
        HashSet<int> seen = [];
        int at = 0;
        foreach (JsonElement item in classes.EnumerateArray())
        {
            if (errors.Count - before >= JsonWords.MaxErrors) break;
            string place = JsonPointer.Element(Pointer, at++);
            if (Find(item, names, numbers, place, errors) is not { } index) continue;
            if (!seen.Add(index))
                errors.Add(new(place, "conflict", $"The class '{JsonWords.Short(names[index])}' is named twice.", JsonWords.Short(names[index])));
            else kept.Add(index);
        }
        return errors.Count > before ? null : Keep(selected, names, [.. kept]);
    }

    private static int? Find(JsonElement item, IReadOnlyList<string> names, Dictionary<string, int> numbers, string place, List<SpecError> errors)
    {
        if (item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int index) && index >= 0 && index < names.Count) return index;
        if (JsonText.TryGet(item, out string? name))
        {
            if (numbers.TryGetValue(name, out int number)) return number;
            errors.Add(new(place, "unknown_name", $"There is no class '{JsonWords.Short(name)}'; the classes are {JsonWords.List(names)}.",
                JsonWords.Short(name), NearestName.Of(name, names)));
        }
        else if (item.ValueKind == JsonValueKind.Number)
        {
            errors.Add(new(place, "out_of_range", $"Expected an index from 0 to {names.Count - 1}, got {JsonWords.Short(item.GetRawText())}.",
                JsonWords.Short(item.GetRawText())));
        }
        else
        {
            errors.Add(new(place, "wrong_type", $"Expected a class's name or index, got {JsonWords.Of(item)}."));
        }
        return null;
    }

    private static Selected Keep(Selected selected, IReadOnlyList<string> names, int[] kept)
    {
        int[] renumbering = new int[names.Count];
        Array.Fill(renumbering, -1);
        for (int i = 0; i < kept.Length; i++) renumbering[kept[i]] = i;
        ClassCounts all = selected.ClassCounts ?? throw new InvalidOperationException("A dataset with classes knows how many rows each has.");
        int[]? Of(IReadOnlyList<int>? counts) => counts is null ? null : [.. kept.Select(k => counts[k])];
        var counts = new ClassCounts(Of(all.Train)!, Of(all.Validation), Of(all.Test));
        return selected with
        {
            Target = selected.Target with { ClassNames = [.. kept.Select(k => names[k])] },
            Renumbering = renumbering,
            ClassCounts = counts,
            Counts = new(counts.Train.Sum(), counts.Validation?.Sum(), counts.Test?.Sum()),
        };
    }
}
