using System.Text.Json.Nodes;
using TrainService.Specification.Writing;

namespace TrainService.Specification.Publishing;

/// <summary>Everything that a job can ask for by name, as GET /catalog tells it: the dashboard's forms are made of it.</summary>
public sealed record Catalog(IReadOnlyList<CatalogCategory> Categories)
{
    public static Catalog Of(Vocabulary vocabulary) => new([.. vocabulary.Registries.Select(registry => new CatalogCategory(
        registry.Category, registry.Introduction, [.. registry.Descriptors.Select(d => CatalogComponent.Of(registry, d))]))]);
}

/// <param name="Name">What they are: <c>layer</c>, <c>optimizer</c> …</param>
/// <param name="Introduction">What they are for, and how to choose among them.</param>
public sealed record CatalogCategory(string Name, string Introduction, IReadOnlyList<CatalogComponent> Components);

/// <param name="Name">The value of "type".</param>
/// <param name="KerasName">The "class_name" in Keras's serialized form, when there is one.</param>
/// <param name="Summary">What it computes.</param>
/// <param name="Advice">When to use it, and when not.</param>
/// <param name="Source">Paper or equation.</param>
public sealed record CatalogComponent(string Name, string? KerasName, IReadOnlyList<string> Aliases, string Summary, string Advice, string? Source,
    IReadOnlyList<CatalogArgument> Arguments)
{
    internal static CatalogComponent Of(ComponentRegistry registry, ComponentDescriptor descriptor) => new(
        descriptor.Name, descriptor.KerasName, descriptor.Aliases, descriptor.Summary, descriptor.Advice, descriptor.Source,
        [.. registry.ArgumentsOf(descriptor).Where(a => !a.Unsupported).Select(CatalogArgument.Of)]);
}

/// <summary>One argument: what it takes, and what it is when left out.</summary>
public sealed record CatalogArgument
{
    public required string Name { get; init; }
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>integer, number, flag, text, choice, integers, numbers, texts, component, components, object, text_map, number_map or json.</summary>
    public required string Type { get; init; }
    public required string Description { get; init; }
    public bool Required { get; init; }
    public bool Nullable { get; init; }

    /// <summary>As it would be written in a job; null when there is none.</summary>
    public JsonNode? Default { get; init; }
    public double? Minimum { get; init; }
    public double? Maximum { get; init; }
    public bool MinimumExclusive { get; init; }
    public bool MaximumExclusive { get; init; }

    /// <summary>For a choice: the words that it takes. Null otherwise.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>For a number: words that may stand in its place. Null when there are none.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    /// <summary>For components: the category to choose from. For a number: a component of it may stand in the number's place.</summary>
    public string? Category { get; init; }
    public int? MinimumCount { get; init; }
    public int? MaximumCount { get; init; }

    /// <summary>For an object, and for a list of objects: its arguments. Null otherwise.</summary>
    public IReadOnlyList<CatalogArgument>? Members { get; init; }

    public static CatalogArgument Of(ArgumentSpec spec) => new()
    {
        Name = spec.Name,
        Aliases = spec.Aliases,
        Type = TypeName(spec.Kind),
        Description = spec.Description,
        Required = spec.Required,
        Nullable = spec.Nullable,
        Default = spec.Kind == ArgumentKind.Object ? null : SpecWriter.Write(spec.Default),
        Minimum = spec.Minimum,
        Maximum = spec.Maximum,
        MinimumExclusive = spec.MinimumExclusive,
        MaximumExclusive = spec.MaximumExclusive,
        Choices = spec.Kind == ArgumentKind.Choice ? spec.Choices : null,
        Words = spec.Words.Count > 0 ? spec.Words : null,
        Category = spec.Category,
        MinimumCount = spec.Count?.Minimum,
        MaximumCount = spec.Count?.Maximum,
        Members = spec.Kind is ArgumentKind.Object or ArgumentKind.Objects ? [.. spec.Members.Where(m => !m.Unsupported).Select(Of)] : null,
    };

    private static string TypeName(ArgumentKind kind) => kind switch
    {
        ArgumentKind.TextMap => "text_map",
        ArgumentKind.NumberMap => "number_map",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
