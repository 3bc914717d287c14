using System.Text.Json;
using TrainService.Data.Augmentation;
using TrainService.Specification;

namespace TrainService.Data.Requests;

/// <summary>How the rows to validate on are taken out of the training rows.</summary>
public enum SplitKind
{
    /// <summary>The same share of every class, seeded. Needs classes.</summary>
    Stratified,

    /// <summary>At random, seeded.</summary>
    Random,

    /// <summary>The last rows, as Keras does: the first ⌊n·(1-f)⌋ train.</summary>
    Tail,
}

/// <summary>A job's <c>dataset</c> object.</summary>
public sealed record DatasetRequest
{
    public required string Name { get; init; }

    /// <summary>Share of the training rows to validate on, above 0 and below 1.</summary>
    public double? ValidationSplit { get; init; }

    /// <summary>Name of another dataset whose training rows are validated on.</summary>
    public string? Validation { get; init; }

    /// <summary>Null: stratified for classes, else random.</summary>
    public SplitKind? Split { get; init; }

    /// <summary>Keep only these classes, renumbered in this order: names, or indices. A JSON list; null keeps all.</summary>
    public JsonElement? Classes { get; init; }

    /// <summary>At most so many rows to train and validate on together.</summary>
    public int? Limit { get; init; }

    /// <summary>So many rows are left out first: those that <see cref="Limit"/> would choose of the same seed.</summary>
    public int? Skip { get; init; }

    /// <summary>For tables: the columns to take as input.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>For tables: the columns to predict.</summary>
    public IReadOnlyList<string>? Label { get; init; }

    /// <summary>Fitted on the training rows and applied in this order.</summary>
    public IReadOnlyList<ComponentValue> Preprocess { get; init; } = [];

    /// <summary>Random changes to the pictures that are trained on: <see cref="AugmentationSettings.Arguments"/>. Null for none.</summary>
    public Arguments? Augment { get; init; }

    /// <summary>What may stand in the <c>dataset</c> object.</summary>
    public static IReadOnlyList<ArgumentSpec> Arguments { get; } =
    [
        Arg.Text("name", "Name of a built-in or uploaded dataset.", required: true),
        Arg.Number("validation_split", "Share of the training rows to validate on.", min: 0, max: 1, minExclusive: true, maxExclusive: true,
            nullable: true),
        new("validation", ArgumentKind.Text, "Name of another dataset to validate on.") { Nullable = true },
        new("split", ArgumentKind.Choice, "How the rows to validate on are chosen; stratified for classes, else random, when left out.")
        {
            Choices = ["stratified", "random", "tail"], Nullable = true,
        },
        new("classes", ArgumentKind.Json, "Keep only these classes (names or indices), renumbered in this order.") { Nullable = true },
        Arg.Integer("limit", "At most so many rows to train and validate on together.", min: 1, max: int.MaxValue, nullable: true),
        Arg.Integer("skip", "Leave out so many rows first: those that limit would choose with the same seed. A job with \"skip\": 500 and one with \"limit\": 500 share no row.", min: 0,
            max: int.MaxValue, nullable: true),
        new("features", ArgumentKind.Texts, "Columns of a table to take as input.") { Count = (1, 100_000), Nullable = true },
        new("label", ArgumentKind.Json, "Column of a table to predict, or a list of numeric ones.") { Nullable = true },
        new("preprocess", ArgumentKind.Components, "Steps fitted on the training rows and applied to every row, in order.")
        {
            Category = "preprocessor", Default = Array.Empty<ComponentValue>(), Count = (0, 16),
        },
        Arg.Object("augment", "Random changes to each picture that is trained on, others in each epoch; arguments as Keras's ImageDataGenerator has them. Rows that are validated, "
            + "evaluated or predicted stay as they are.", AugmentationSettings.Arguments, optional: true),
    ];

    /// <summary>Out of checked arguments.</summary>
    public static DatasetRequest From(Arguments arguments) => new()
    {
        Name = arguments.Text("name"),
        ValidationSplit = arguments.OptionalNumber("validation_split"),
        Validation = arguments.OptionalText("validation"),
        Split = arguments.OptionalText("split") is { } split ? Enum.Parse<SplitKind>(split, ignoreCase: true) : null,
        Classes = Json(arguments, "classes"),
        Limit = arguments.OptionalInteger("limit"),
        Skip = arguments.OptionalInteger("skip"),
        Features = arguments.Has("features") ? arguments.Texts("features") : null,
        Label = Json(arguments, "label") is { } label ? LabelColumns(label) : null,
        Preprocess = arguments.Has("preprocess") ? (IReadOnlyList<ComponentValue>)arguments.Values["preprocess"]! : [],
        Augment = arguments.OptionalObject("augment"),
    };

    // A label that is no text and no list of texts comes out as a name that no column has, and is reported as an unknown column.
    private static string[] LabelColumns(JsonElement label) => label.ValueKind switch
    {
        JsonValueKind.String => [label.GetString()!],
        JsonValueKind.Array => [.. label.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.String ? e.GetString()! : e.GetRawText())],
        _ => [label.GetRawText()],
    };

    private static JsonElement? Json(Arguments arguments, string name)
        => arguments.Has(name) && arguments.Values[name] is JsonElement { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } value
            ? value : null;
}
