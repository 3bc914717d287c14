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

    /// <summary>A list of finite numbers; a single number stands for a list of one.</summary>
    Numbers,

    /// <summary>A list of texts; a single text stands for a list of one.</summary>
    Texts,

    /// <summary>A component of <see cref="ArgumentSpec.Category"/>: a bare name or an object with "type" and arguments.</summary>
    Component,

    /// <summary>A list of components of <see cref="ArgumentSpec.Category"/>.</summary>
    Components,

    /// <summary>An object with the arguments named in <see cref="ArgumentSpec.Members"/> (an <see cref="Arguments"/>).</summary>
    Object,

    /// <summary>A list of objects, each with the arguments named in <see cref="ArgumentSpec.Members"/>.</summary>
    Objects,

    /// <summary>An object whose keys are free and whose values are texts, such as labels.</summary>
    TextMap,

    /// <summary>An object whose keys are free and whose values are finite numbers, such as class weights.</summary>
    NumberMap,

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

    /// <summary>Other names that are understood for it, such as <c>lr</c>; written back under <see cref="Name"/>.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>For <see cref="ArgumentKind.Object"/> and <see cref="ArgumentKind.Objects"/>: what may stand in it, or in each.</summary>
    public IReadOnlyList<ArgumentSpec> Members { get; init; } = [];

    /// <summary>Longest text allowed, in UTF-16 units.</summary>
    public int MaximumLength { get; init; } = 256;

    /// <summary>Smallest value allowed (of a number, or of each element of a list). Without one: the least int, or the least float32.</summary>
    public double? Minimum { get; init; }

    /// <summary>Largest value allowed. Without one: the largest int, or the largest float32, since that is what components compute in.</summary>
    public double? Maximum { get; init; }

    /// <summary>The minimum itself is not allowed.</summary>
    public bool MinimumExclusive { get; init; }

    /// <summary>The maximum itself is not allowed.</summary>
    public bool MaximumExclusive { get; init; }

    /// <summary>For a number: words that may stand in its place, such as <c>auto</c>: what they mean is worked out later.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>For <see cref="ArgumentKind.Choice"/>.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>For components: the registry's category, such as <c>activation</c>. For a number: a component of it may stand in the number's place.</summary>
    public string? Category { get; init; }

    /// <summary>For components: a further category whose members the reader opens into ones of <see cref="Category"/>, such as a model among layers.</summary>
    public string? OpenedCategory { get; init; }

    /// <summary>Part of the language, but not built yet: giving it is an <c>unsupported</c> error. Neither catalog nor schema lists it.</summary>
    public bool Unsupported { get; init; }

    /// <summary>The same for words that are not among <see cref="Choices"/> yet.</summary>
    public IReadOnlyList<string> UnsupportedChoices { get; init; } = [];

    /// <summary>Why nothing but null may be given here, though the name is known; null when it may.</summary>
    public string? Refusal { get; init; }

    /// <summary>For lists and maps: how many elements are allowed.</summary>
    public (int Minimum, int Maximum)? Count { get; init; }
}
