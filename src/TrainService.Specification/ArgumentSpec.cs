namespace TrainService.Specification;

/// <summary>What kind of JSON value an argument takes.</summary>
public enum ArgumentKind
{
    /// <summary>A whole number (<see cref="long"/>).</summary>
    Integer,

    /// <summary>A finite number (<see cref="double"/>).</summary>
    Number,

    /// <summary>true or false.</summary>
    Flag,

    /// <summary>Free text.</summary>
    Text,

    /// <summary>One of <see cref="ArgumentSpec.Choices"/>.</summary>
    Choice,

    /// <summary>A list of whole numbers, such as a shape; a single number stands for a list of one.</summary>
    Integers,

    /// <summary>A list of finite numbers.</summary>
    Numbers,

    /// <summary>A list of texts.</summary>
    Texts,

    /// <summary>A component of <see cref="ArgumentSpec.Category"/>: a bare name or an object with "type" and arguments.</summary>
    Component,

    /// <summary>A list of components of <see cref="ArgumentSpec.Category"/>.</summary>
    Components,

    /// <summary>Any JSON value; its own reader checks it later.</summary>
    Json,
}

/// <summary>One argument of a component: everything that the reader, the catalog, the JSON schema and the docs need to know of it.</summary>
public sealed record ArgumentSpec(string Name, ArgumentKind Kind, string Description)
{
    /// <summary>True when leaving it out is an error.</summary>
    public bool Required { get; init; }

    /// <summary>The value taken when it is left out; null when there is none (the component decides).</summary>
    public object? Default { get; init; }

    /// <summary>JSON null is a value of its own (as Keras's <c>None</c>).</summary>
    public bool Nullable { get; init; }

    /// <summary>Smallest value allowed (of a number, or of each element of a list).</summary>
    public double? Minimum { get; init; }

    /// <summary>Largest value allowed.</summary>
    public double? Maximum { get; init; }

    /// <summary>The minimum itself is not allowed.</summary>
    public bool MinimumExclusive { get; init; }

    /// <summary>The maximum itself is not allowed.</summary>
    public bool MaximumExclusive { get; init; }

    /// <summary>For <see cref="ArgumentKind.Choice"/>.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>For components: the registry's category, such as <c>activation</c>.</summary>
    public string? Category { get; init; }

    /// <summary>For lists: how many elements are allowed.</summary>
    public (int Minimum, int Maximum)? Count { get; init; }
}
