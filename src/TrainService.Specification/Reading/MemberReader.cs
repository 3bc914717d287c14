using System.Text.Json;

namespace TrainService.Specification.Reading;

/// <summary>Where an object's members stand.</summary>
internal enum MemberForm
{
    /// <summary>A plain object.</summary>
    Object,

    /// <summary>Beside the "type" of a component.</summary>
    Typed,

    /// <summary>In the "config" of a Keras object.</summary>
    Keras,
}

/// <summary>The members of an object by their declarations: unknown and repeated keys, required ones, defaults.</summary>
internal static class MemberReader
{
    public static Arguments Read(SpecReader reader, JsonElement json, IReadOnlyList<ArgumentSpec> specs, string pointer, MemberForm form, string? owner, string typeKey = "type",
        IReadOnlyList<string>? withoutEffect = null)
    {
        Dictionary<string, ArgumentSpec> byName = ByName(specs);
        var read = new Dictionary<string, object?>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty property in json.EnumerateObject())
        {
            bool readable = JsonText.TryGetName(property, out string? key);
            ArgumentSpec? spec = readable ? byName.GetValueOrDefault(key!) : null;
            if (readable && spec is null && form == MemberForm.Keras && (KerasForm.MeansNothing(key!, property.Value) || withoutEffect?.Contains(key, StringComparer.Ordinal) == true)) continue;
            if (readable && !seen.Add(spec?.Name ?? key!))
            {
                DuplicateKey(reader, key!, pointer);
                continue;
            }
            if (form == MemberForm.Typed && key == typeKey) continue;
            if (spec is null && form == MemberForm.Keras && KerasForm.OnlyAsUsual(key) is { } usual)
            {
                reader.Errors.Add(JsonPointer.Member(pointer, key!), "unsupported", $"'{key}' can only be {usual}{(owner is null ? "" : $" in {owner}")}.", property.Value);
                continue;
            }
            if (spec is null)
            {
                UnknownKey(reader, key, specs.Where(s => !s.Unsupported).SelectMany(s => (string[])[s.Name, .. s.Aliases]), pointer, owner);
                continue;
            }
            if (spec.Unsupported)
            {
                if (property.Value.ValueKind != JsonValueKind.Null)
                    reader.Errors.Add(JsonPointer.Member(pointer, key!), "unsupported", $"'{key}' is not supported yet: {spec.Description}");
                continue;
            }
            if (spec.Refusal is { } refusal)
            {
                if (property.Value.ValueKind != JsonValueKind.Null) reader.Errors.Add(JsonPointer.Member(pointer, key!), "conflict", refusal, key);
                continue;
            }
            int before = reader.Errors.Count;
            object? value = reader.ReadValue(property.Value, spec, JsonPointer.Member(pointer, key!), form == MemberForm.Keras);
            bool notGiven = value is null && !spec.Nullable;
            if (notGiven && reader.Errors.Count == before) seen.Remove(spec.Name);
            else if (reader.Errors.Count == before || value is Arguments) read[spec.Name] = value;
        }
        return InOrder(reader, specs, read, seen, pointer, owner, everythingGiven: form == MemberForm.Keras);
    }

    /// <param name="key">Null when it is not even a text.</param>
    public static void UnknownKey(SpecReader reader, string? key, IEnumerable<string> known, string pointer, string? owner)
    {
        if (reader.Errors.Full || key is null)
        {
            reader.Errors.Add(pointer, "unknown_key", "A key here is not valid Unicode.");
            return;
        }
        string shown = key.Length <= 100 ? key : key[..(char.IsHighSurrogate(key[99]) ? 99 : 100)];
        reader.Errors.Add(JsonPointer.Member(pointer, shown), "unknown_key",
            $"There is no '{shown}'{(owner is null ? "" : $" in {owner}")}. Known: {string.Join(", ", known)}.", shown, NearestName.Of(key, known));
    }

    public static void DuplicateKey(SpecReader reader, string key, string pointer)
        => reader.Errors.Add(JsonPointer.Member(pointer, key), "duplicate_key", $"'{key}' is given twice.", key);

    // In the order of the declarations, so that what is written back reads the same whatever order it came in.
    private static Arguments InOrder(SpecReader reader, IReadOnlyList<ArgumentSpec> specs, Dictionary<string, object?> read, HashSet<string> seen,
        string pointer, string? owner, bool everythingGiven)
    {
        var values = new OrderedDictionary<string, object?>(specs.Count, StringComparer.Ordinal);
        foreach (ArgumentSpec spec in specs)
        {
            if (read.TryGetValue(spec.Name, out object? value)) values[spec.Name] = value;
            else if (seen.Contains(spec.Name) || spec.Refusal is not null) continue;
            else if (spec.Required)
                reader.Errors.Add(JsonPointer.Member(pointer, spec.Name), "required",
                    $"'{spec.Name}' is missing{(owner is null ? "" : $" in {owner}")}: expected {Expectation.Of(spec)}.");
            else if (spec is { Kind: ArgumentKind.Object, Default: not null } && spec.Members.Any(m => m.Required))
                values[spec.Name] = reader.ReadObject(EmptyObject, spec.Members, JsonPointer.Member(pointer, spec.Name));
            else if (Vocabulary.HasDefault(spec)) values[spec.Name] = reader.Vocabulary.Default(spec);
        }
        return new Arguments(values, everythingGiven ? null : new HashSet<string>(read.Keys, StringComparer.Ordinal));
    }

    private static readonly JsonElement EmptyObject = JsonDocument.Parse("{}").RootElement.Clone();

    private static Dictionary<string, ArgumentSpec> ByName(IReadOnlyList<ArgumentSpec> specs)
    {
        var byName = new Dictionary<string, ArgumentSpec>(specs.Count, StringComparer.Ordinal);
        foreach (ArgumentSpec spec in specs)
        {
            byName[spec.Name] = spec;
            foreach (string alias in spec.Aliases) byName[alias] = spec;
        }
        return byName;
    }
}
