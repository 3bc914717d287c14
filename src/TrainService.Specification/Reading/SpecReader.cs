using System.Text.Json;

namespace TrainService.Specification.Reading;

/// <summary>
/// Reads JSON by what descriptors declare. Total: any JSON gives values, or errors that name every place at once; never an exception.
/// What was read without an error is returned even when something else was wrong, so that it can be checked further.
/// </summary>
/// <param name="vocabulary">What can be asked for by name.</param>
/// <param name="errors">Where errors are gathered.</param>
public sealed class SpecReader(Vocabulary vocabulary, SpecErrors errors)
{
    /// <summary>Components within components within … : as deep as any real job goes, and no deeper.</summary>
    public const int DepthLimit = 32;

    private int _depth;

    public SpecErrors Errors => errors;

    /// <summary>What can be asked for by name.</summary>
    public Vocabulary Vocabulary => vocabulary;

    /// <summary>A component of <paramref name="category"/>: a bare name, an object with "type", or Keras's serialized form.</summary>
    /// <returns>Null when anything about it was wrong.</returns>
    public ComponentValue? ReadComponent(JsonElement json, string category, string pointer)
    {
        int before = errors.Count;
        if (++_depth > DepthLimit)
        {
            errors.Add(pointer, "too_deep", $"Components may stand within components at most {DepthLimit} deep.");
            _depth--;
            return null;
        }
        ComponentRegistry registry = vocabulary[category];
        if (registry.OwnForm is not { } own || !own(this, json, pointer, out ComponentValue? value)) value = ComponentReader.Read(this, json, registry, pointer);
        _depth--;
        return errors.Count == before ? value : null;
    }

    /// <summary>The members of an object, by their declarations. Those in error are left out.</summary>
    public Arguments ReadObject(JsonElement json, IReadOnlyList<ArgumentSpec> members, string pointer)
    {
        if (json.ValueKind == JsonValueKind.Object) return MemberReader.Read(this, json, members, pointer, MemberForm.Object, owner: null);
        errors.Add(pointer, "wrong_type", $"Expected an object, got {Expectation.Name(json)}.", json);
        return Arguments.None;
    }

    /// <summary>One value by its declaration. Errors say when it was not legal; the result is then meaningless.</summary>
    /// <param name="keras">It stands in a Keras config, where null stands for "not given".</param>
    internal object? ReadValue(JsonElement json, ArgumentSpec spec, string pointer, bool keras) => json.ValueKind switch
    {
        JsonValueKind.Null when spec.Nullable || (keras && !spec.Required) => null,
        // Keras writes the one axis of a normalization as a list, and the one threshold of a metric.
        JsonValueKind.Array when keras && spec.Kind is (ArgumentKind.Integer or ArgumentKind.Number) && json.GetArrayLength() == 1 => ValueReader.Read(this, json[0], spec, pointer),
        _ => ValueReader.Read(this, json, spec, pointer),
    };
}
