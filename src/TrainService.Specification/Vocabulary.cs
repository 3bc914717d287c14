namespace TrainService.Specification;

/// <summary>Everything that can be asked for by name: one registry for each category. Built once, at start, and checked then.</summary>
public sealed class Vocabulary
{
    private readonly Dictionary<string, ComponentRegistry> _byCategory;

    /// <exception cref="ArgumentException">A declaration contradicts itself; the message names every one that does.</exception>
    public Vocabulary(params IReadOnlyList<ComponentRegistry> registries)
    {
        Registries = registries;
        _byCategory = registries.ToDictionary(r => r.Category, StringComparer.Ordinal);
        IReadOnlyList<string> problems = VocabularyCheck.Problems(this);
        if (problems.Count > 0) throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(registries));
    }

    public IReadOnlyList<ComponentRegistry> Registries { get; }

    /// <summary>The registry of <paramref name="category"/>. Throws <see cref="KeyNotFoundException"/> when there is none: a programming error.</summary>
    public ComponentRegistry this[string category] => _byCategory.TryGetValue(category, out ComponentRegistry? registry)
        ? registry
        : throw new KeyNotFoundException($"There is no registry for the category '{category}'.");

    public bool Knows(string? category) => category is not null && _byCategory.ContainsKey(category);

    /// <summary>The component <paramref name="name"/> with every argument at its default.</summary>
    public ComponentValue WithDefaults(string category, string name)
    {
        ComponentRegistry registry = this[category];
        ComponentDescriptor descriptor = registry.Find(name)
            ?? throw new KeyNotFoundException($"There is no {category} '{name}'.");
        return new ComponentValue(descriptor, Defaults(registry.ArgumentsOf(descriptor)));
    }

    /// <summary>Every argument that has a default, or that may be null, at that value.</summary>
    public Arguments Defaults(IReadOnlyList<ArgumentSpec> specs)
    {
        var values = new OrderedDictionary<string, object?>(specs.Count, StringComparer.Ordinal);
        foreach (ArgumentSpec spec in specs)
            if (HasDefault(spec))
                values[spec.Name] = Default(spec);
        return new Arguments(values, new HashSet<string>());
    }

    internal static bool HasDefault(ArgumentSpec spec) => !spec.Required && !spec.Unsupported && (spec.Nullable || spec.Default is not null);

    /// <summary>The default as the value that the reader would have made of it.</summary>
    internal object? Default(ArgumentSpec spec) => (spec.Kind, spec.Default) switch
    {
        (ArgumentKind.Component, string name) => WithDefaults(spec.Category!, name),
        (ArgumentKind.Components, IEnumerable<string> names) => names.Select(n => WithDefaults(spec.Category!, n)).ToArray(),
        (ArgumentKind.Object, not null) => Defaults(spec.Members),
        (ArgumentKind.Number, int n) => (double)n,
        (ArgumentKind.Number, long n) => (double)n,
        (ArgumentKind.Integer, int n) => (long)n,
        (_, var value) => value,
    };
}
