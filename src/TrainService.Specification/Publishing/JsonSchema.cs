using System.Text.Json.Nodes;
using TrainService.Specification.Writing;

namespace TrainService.Specification.Publishing;

/// <summary>
/// JSON Schema (draft 2020-12) out of the descriptors, for editors: completion, hover texts and red lines while a job is being written.
/// The reader remains the judge; the schema accepts everything that the reader does.
/// </summary>
public static class JsonSchema
{
    /// <summary>The schema of an object with these members, and of every component that can stand in it.</summary>
    public static JsonObject Of(string title, IReadOnlyList<ArgumentSpec> members, Vocabulary vocabulary)
    {
        JsonObject schema = Object(members);
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", title);
        var definitions = new JsonObject();
        foreach (ComponentRegistry registry in vocabulary.Registries)
        {
            definitions[registry.Category] = Category(registry);
            foreach (ComponentDescriptor descriptor in registry.Descriptors)
                definitions[$"{registry.Category}.{descriptor.Name}"] = Component(registry, descriptor);
        }
        schema["$defs"] = definitions;
        return schema;
    }

    // A bare name, one of the typed objects, or what Keras serializes.
    private static JsonObject Category(ComponentRegistry registry)
    {
        var choices = new JsonArray { new JsonObject { ["enum"] = Texts(registry.Names) } };
        foreach (ComponentDescriptor descriptor in registry.Descriptors)
            choices.Add(Reference($"{registry.Category}.{descriptor.Name}"));
        choices.Add(new JsonObject
        {
            ["type"] = "object",
            ["description"] = "Keras's serialized form.",
            ["properties"] = new JsonObject
            {
                ["class_name"] = new JsonObject { ["enum"] = Texts([.. registry.Names, "function"]) },
                ["config"] = new JsonObject { ["type"] = new JsonArray("object", "string") },
            },
            ["required"] = new JsonArray("class_name"),
        });
        if (registry.MayBeSeveral)
        {
            choices.Add(new JsonObject { ["type"] = "array", ["items"] = Reference(registry.Category) });
            choices.Add(new JsonObject { ["type"] = "object", ["additionalProperties"] = Reference(registry.Category) });
        }

        return new JsonObject { ["anyOf"] = choices };
    }

    private static JsonObject Component(ComponentRegistry registry, ComponentDescriptor descriptor)
    {
        JsonObject schema = Object(registry.ArgumentsOf(descriptor));
        schema.Insert(0, "title", descriptor.Name);
        schema.Insert(1, "description", $"{descriptor.Summary} {descriptor.Advice}");
        foreach (string key in (string[])[.. registry.TypeKeys, "type"])
            schema["properties"]!.AsObject().Insert(0, key, new JsonObject { ["enum"] = Texts([descriptor.Name, .. descriptor.Aliases, .. KerasName(descriptor)]) });
        // Which of several keys it is can't be told by "required".
        if (registry.TypeKeys.Count > 0) return schema;
        if (schema["required"] is JsonArray required) required.Insert(0, "type");
        else schema["required"] = new JsonArray("type");
        return schema;
    }

    private static JsonObject Object(IReadOnlyList<ArgumentSpec> members)
    {
        var properties = new JsonObject();
        foreach (ArgumentSpec spec in members.Where(m => !m.Unsupported))
        {
            properties[spec.Name] = Argument(spec);
            foreach (string alias in spec.Aliases) properties[alias] = Argument(spec);
        }
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        // A required argument may come under an alias, which "required" can't express: those are left to the reader.
        string[] required = [.. members.Where(m => m.Required && m.Aliases.Count == 0).Select(m => m.Name)];
        if (required.Length > 0) schema["required"] = Texts(required);
        return schema;
    }

    private static JsonObject Argument(ArgumentSpec spec)
    {
        JsonObject schema = Value(spec);
        if (spec.Nullable) schema = new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
        schema["description"] = spec.Description;
        if (spec.Default is not null && spec.Kind != ArgumentKind.Object) schema["default"] = SpecWriter.Write(spec.Default);
        return schema;
    }

    private static JsonObject Value(ArgumentSpec spec)
    {
        switch (spec.Kind)
        {
            case ArgumentKind.Integer: return Ranged("integer", spec);
            case ArgumentKind.Number: return Number(spec);
            case ArgumentKind.Flag: return new JsonObject { ["type"] = "boolean" };
            case ArgumentKind.Text: return Text(spec);
            case ArgumentKind.Choice: return new JsonObject { ["enum"] = Texts(spec.Choices) };
            case ArgumentKind.Integers: return new JsonObject { ["anyOf"] = new JsonArray(List(Ranged("integer", spec), spec), Ranged("integer", spec)) };
            case ArgumentKind.Numbers: return new JsonObject { ["anyOf"] = new JsonArray(List(Ranged("number", spec), spec), Ranged("number", spec)) };
            case ArgumentKind.Texts: return new JsonObject { ["anyOf"] = new JsonArray(List(Text(spec), spec), Text(spec)) };
            case ArgumentKind.Component: return Reference(spec.Category!);
            case ArgumentKind.Components when spec.OpenedCategory is { } opened:
                return List(new JsonObject { ["anyOf"] = new JsonArray(Reference(spec.Category!), Reference(opened)) }, spec);
            case ArgumentKind.Components when spec.Category == "metric":
                // By the names of a model's outputs.
                return new JsonObject { ["anyOf"] = new JsonArray(List(Reference(spec.Category!), spec), new JsonObject { ["type"] = "object" }) };
            case ArgumentKind.Components: return List(Reference(spec.Category!), spec);
            case ArgumentKind.Object: return Object(spec.Members);
            case ArgumentKind.Objects: return List(Object(spec.Members), spec);
            case ArgumentKind.TextMap: return Map(Text(spec), spec);
            case ArgumentKind.NumberMap: return Map(Ranged("number", spec), spec);
            default: return [];
        }
    }

    private static JsonObject Number(ArgumentSpec spec)
    {
        if (spec.Words.Count == 0 && spec.Category is null) return Ranged("number", spec);
        var choices = new JsonArray { Ranged("number", spec) };
        if (spec.Words.Count > 0) choices.Add(new JsonObject { ["enum"] = Texts(spec.Words) });
        if (spec.Category is not null) choices.Add(Reference(spec.Category));
        return new JsonObject { ["anyOf"] = choices };
    }

    private static JsonObject Text(ArgumentSpec spec) => new() { ["type"] = "string", ["maxLength"] = spec.MaximumLength };

    private static JsonObject Ranged(string type, ArgumentSpec spec)
    {
        var schema = new JsonObject { ["type"] = type };
        if (spec.Minimum is { } min) schema[spec.MinimumExclusive ? "exclusiveMinimum" : "minimum"] = min;
        if (spec.Maximum is { } max) schema[spec.MaximumExclusive ? "exclusiveMaximum" : "maximum"] = max;
        return schema;
    }

    private static JsonObject List(JsonObject items, ArgumentSpec spec)
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = items };
        if (spec.Count is not { } count) return schema;
        schema["minItems"] = count.Minimum;
        schema["maxItems"] = count.Maximum;
        return schema;
    }

    private static JsonObject Map(JsonObject values, ArgumentSpec spec)
    {
        var schema = new JsonObject { ["type"] = "object", ["additionalProperties"] = values };
        if (spec.Count is { } count) schema["maxProperties"] = count.Maximum;
        return schema;
    }

    private static JsonObject Reference(string definition) => new() { ["$ref"] = $"#/$defs/{definition}" };

    private static string[] KerasName(ComponentDescriptor descriptor)
        => descriptor.KerasName is { } name && name != descriptor.Name ? [name] : [];

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(t => (JsonNode?)JsonValue.Create(t))];
}
