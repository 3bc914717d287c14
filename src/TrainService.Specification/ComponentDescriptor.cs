namespace TrainService.Specification;

/// <summary>
/// What can be asked for by name: a layer, an activation, an optimizer, a schedule … The descriptor is the single source for the reader,
/// the catalog, the JSON schema, the docs and the dashboard's forms. It stands in the class that it describes; a registry lists it in one line.
/// </summary>
/// <param name="Name">The name on the wire, in snake_case.</param>
public abstract record ComponentDescriptor(string Name)
{
    /// <summary>The class name that Keras serializes, when it has one ("Dense").</summary>
    public string? KerasName { get; init; }

    /// <summary>Other names that mean the same.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Keys that Keras writes into its config although they have no effect there.</summary>
    public IReadOnlyList<string> WithoutEffect { get; init; } = [];

    /// <summary>One sentence: what it computes.</summary>
    public required string Summary { get; init; }

    /// <summary>One line: when to use it, and when not.</summary>
    public required string Advice { get; init; }

    /// <summary>Paper or equation it comes from.</summary>
    public string? Source { get; init; }

    public IReadOnlyList<ArgumentSpec> Arguments { get; init; } = [];

    /// <summary>Makes the component out of checked arguments. Throws <see cref="ArgumentException"/> only for combinations that no single range can express.</summary>
    public abstract object CreateObject(Arguments arguments);
}

/// <inheritdoc/>
public sealed record ComponentDescriptor<T>(string Name, Func<Arguments, T> Create) : ComponentDescriptor(Name)
    where T : notnull
{
    /// <inheritdoc/>
    public override object CreateObject(Arguments arguments) => Create(arguments);
}
