using System.Text.Json;

namespace TrainService.Specification.Reading;

/// <summary>The three ways in which a component can be written.</summary>
internal static class ComponentReader
{
    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement.Clone();

    public static ComponentValue? Read(SpecReader reader, JsonElement json, ComponentRegistry registry, string pointer)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                return Named(reader, json, pointer, Empty, pointer, registry, MemberForm.Object);
            case JsonValueKind.Object when JsonText.TryGetMember(json, "type", out JsonElement type):
                return Named(reader, type, JsonPointer.Member(pointer, "type"), json, pointer, registry, MemberForm.Typed);
            case JsonValueKind.Object when JsonText.TryGetMember(json, KerasForm.ClassName, out JsonElement className):
                return Serialized(reader, json, className, registry, pointer);
            case JsonValueKind.Object when registry.TypeKeys.FirstOrDefault(k => JsonText.TryGetMember(json, k, out _)) is { } key:
                _ = JsonText.TryGetMember(json, key, out JsonElement named);
                return Named(reader, named, JsonPointer.Member(pointer, key), json, pointer, registry, MemberForm.Typed, key);
            case JsonValueKind.Object when registry.Keys.FirstOrDefault(k => JsonText.TryGetMember(json, k, out _)) is { } member:
                return Members(reader, registry.Find(member)!, json, pointer, registry, MemberForm.Object);
            case JsonValueKind.Object when registry.UnsupportedKeys.FirstOrDefault(k => JsonText.TryGetMember(json, k, out _)) is { } key:
                reader.Errors.Add(JsonPointer.Member(pointer, key), "unsupported",
                    $"A {Expectation.Words(registry.Category)} by \"{key}\" is not supported yet. {Known(registry)}");
                return null;
            case JsonValueKind.Object:
                reader.Errors.Add(JsonPointer.Member(pointer, "type"), "required",
                    $"\"type\" is missing: which {Expectation.Words(registry.Category)}? {Known(registry)}");
                return null;
            default:
                reader.Errors.Add(pointer, "wrong_type",
                    $"Expected the name of a {Expectation.Words(registry.Category)}, or an object with \"type\"; got {Expectation.Name(json)}.", json);
                return null;
        }
    }

    private static ComponentValue? Serialized(SpecReader reader, JsonElement json, JsonElement name, ComponentRegistry registry, string pointer)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty property in json.EnumerateObject())
        {
            if (!JsonText.TryGetName(property, out string? key)
                || (key is not (KerasForm.ClassName or KerasForm.Config) && !KerasForm.MayStandBeside(key)))
                MemberReader.UnknownKey(reader, key, [KerasForm.ClassName, KerasForm.Config], pointer, "a Keras object");
            else if (!seen.Add(key))
                MemberReader.DuplicateKey(reader, key, pointer);
        }
        string namePlace = JsonPointer.Member(pointer, KerasForm.ClassName), configPlace = JsonPointer.Member(pointer, KerasForm.Config);
        JsonElement config = JsonText.TryGetMember(json, KerasForm.Config, out JsonElement given) ? given : Empty;
        // Keras writes a function as {"class_name": "function", "config": "relu"}.
        if (config.ValueKind == JsonValueKind.String && JsonText.TryGet(name, out string? text) && text == "function")
            return Named(reader, config, configPlace, Empty, pointer, registry, MemberForm.Keras);
        if (config.ValueKind == JsonValueKind.Object)
            return Named(reader, name, namePlace, config, configPlace, registry, MemberForm.Keras);
        reader.Errors.Add(configPlace, "wrong_type", $"Expected an object, got {Expectation.Name(config)}.", config);
        return null;
    }

    private static ComponentValue? Named(SpecReader reader, JsonElement name, string namePlace, JsonElement members, string membersPlace,
        ComponentRegistry registry, MemberForm form, string typeKey = "type")
    {
        if (!JsonText.TryGet(name, out string? text))
        {
            reader.Errors.Add(namePlace, "wrong_type", $"Expected the name of a {Expectation.Words(registry.Category)}, got {Expectation.Name(name)}.", name);
            return null;
        }
        if ((registry.Find(text) ?? (form == MemberForm.Keras ? registry.Find(KerasForm.WithoutPackage(text, registry.Category)) : null)) is not { } descriptor)
        {
            if (registry.Unsupported.Contains(text, StringComparer.Ordinal))
            {
                reader.Errors.Add(namePlace, "unsupported", $"The {Expectation.Words(registry.Category)} '{text}' is not supported yet. {Known(registry)}", text);
                return null;
            }
            if (registry.Refused.TryGetValue(text, out string? instead))
            {
                reader.Errors.Add(namePlace, "unsupported", instead, text);
                return null;
            }
            string? near = reader.Errors.Full ? null : NearestName.Of(text, registry.Names);
            reader.Errors.Add(namePlace, "unknown_name",
                $"There is no such {Expectation.Words(registry.Category)}. {Known(registry)}", SpecErrors.Show(name), near);
            return null;
        }
        return Members(reader, descriptor, members, membersPlace, registry, form, typeKey);
    }

    private static ComponentValue? Members(SpecReader reader, ComponentDescriptor descriptor, JsonElement members, string membersPlace,
        ComponentRegistry registry, MemberForm form, string typeKey = "type")
    {
        int before = reader.Errors.Count;
        Arguments arguments = MemberReader.Read(reader, members, registry.ArgumentsOf(descriptor), membersPlace, form, descriptor.Name, typeKey, descriptor.WithoutEffect);
        if (reader.Errors.Count > before) return null;
        var value = new ComponentValue(descriptor, arguments) { Place = membersPlace };
        return TryCreate(reader, value, membersPlace) ? value : null;
    }

    // Some rules join several arguments; the component's own constructor is the one place that states them.
    private static bool TryCreate(SpecReader reader, ComponentValue value, string pointer)
    {
        try
        {
            value.Create();
            return true;
        }
        catch (ArgumentException e)
        {
            bool named = e.ParamName is not null && value.Arguments.Values.ContainsKey(e.ParamName);
            reader.Errors.Add(named ? JsonPointer.Member(pointer, e.ParamName!) : pointer, "conflict", ArgumentConflictException.Plain(e));
            return false;
        }
    }

    private static string Known(ComponentRegistry registry)
    {
        const int most = 40;
        IEnumerable<string> names = registry.Descriptors.Select(d => d.Name).Take(most);
        return $"Known: {string.Join(", ", names)}{(registry.Descriptors.Count > most ? ", …" : "")}.";
    }
}
