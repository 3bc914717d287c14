using TrainService.Data.Pictures;
using TrainService.Specification;

namespace TrainService.Data.Import;

/// <summary>What is done with cells that are empty or say "NA", "N/A", "NaN", "null" or "?".</summary>
public enum MissingPolicy
{
    /// <summary>They are errors.</summary>
    Error,

    /// <summary>Their row is left out.</summary>
    Drop,

    /// <summary>They become the column's mean, or its most frequent word. Taken over all rows of the file.</summary>
    Mean,
}

/// <summary>What is done with a picture that can't be decoded.</summary>
public enum BrokenPolicy
{
    /// <summary>The upload is refused, and every such file named.</summary>
    Fail,

    /// <summary>It is left out, and named in the answer.</summary>
    Skip,
}

/// <summary>How an upload is to be read.</summary>
public sealed record ImportOptions
{
    private const string Unlabelled = "none";

    /// <summary>Who uploads it; not the sender's to say.</summary>
    public string? Owner { get; init; }

    /// <summary>Null: by the files' first bytes.</summary>
    public string? Format { get; init; }

    /// <summary>Columns to take as input; null takes all but the label.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>Columns to predict; null takes the one called label, target, class or y, else the last.</summary>
    public IReadOnlyList<string>? Label { get; init; }

    /// <summary>What the target is; null infers it.</summary>
    public string? Target { get; init; }

    /// <summary>Labels are not asked for, and not read.</summary>
    public bool WithoutLabels => Target == Unlabelled;

    /// <summary>Columns to read as words, whatever they look like.</summary>
    public IReadOnlyList<string> Categorical { get; init; } = [];

    /// <summary>Columns to read as numbers; a cell that is none is an error.</summary>
    public IReadOnlyList<string> Numeric { get; init; } = [];

    public MissingPolicy Missing { get; init; }

    /// <summary>CSV: the first line has the columns' names.</summary>
    public bool Header { get; init; } = true;

    /// <summary>CSV: what stands between cells; null finds out between comma, semicolon and tab.</summary>
    public char? Delimiter { get; init; }

    /// <summary>Names of the classes, by index, for NPZ and IDX labels.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>What bytes are multiplied by; null: 1/255 for pictures, 1 otherwise.</summary>
    public double? Scale { get; init; }

    /// <summary>Share of a single file's rows to set aside for validation.</summary>
    public double? ValidationSplit { get; init; }

    /// <summary>Share of a single file's rows to set aside for testing.</summary>
    public double? TestSplit { get; init; }

    public ulong Seed { get; init; }

    /// <summary>Pictures: what they are brought to.</summary>
    public (int Height, int Width) ImageSize { get; init; } = (256, 256);

    /// <summary>Pictures: one channel instead of three.</summary>
    public bool Gray { get; init; }

    public ResizeMode Interpolation { get; init; }

    /// <summary>Pictures: cut the largest middle part of the size's shape out instead of stretching.</summary>
    public bool CropToAspectRatio { get; init; }

    public BrokenPolicy Broken { get; init; }

    public string? Summary { get; init; }

    public string? Licence { get; init; }

    public string? Source { get; init; }

    /// <summary>What may stand in the <c>spec</c> part of an upload.</summary>
    public static IReadOnlyList<ArgumentSpec> Arguments { get; } =
    [
        new("format", ArgumentKind.Choice,
            "What the files are; found out from their first bytes when left out.") { Choices = ["csv", "jsonl", "npz", "idx", "images"], Nullable = true },
        new("features", ArgumentKind.Texts, "Columns to take as input; all but the label when left out.") { Nullable = true, Count = (1, 100_000) },
        new("label", ArgumentKind.Texts,
            "Columns to predict; when left out the one called label, target, class or y, else the last.") { Nullable = true, Count = (1, 10_000) },
        new("target", ArgumentKind.Choice, "Whether the label is a class or a number; inferred when left out. none: there are no labels, or they are left out; a table's columns are all inputs then.")
        {
            Choices = ["class", "number", Unlabelled], Nullable = true,
        },
        new("categorical", ArgumentKind.Texts, "Columns to read as words, whatever they look like.")
        {
            Default = Array.Empty<string>(), Count = (0, 100_000),
        },
        new("numeric", ArgumentKind.Texts, "Columns to read as numbers; a cell that is none is an error.")
        {
            Default = Array.Empty<string>(), Count = (0, 100_000),
        },
        Arg.Choice("missing", "What is done with empty cells: an error, their row left out, or the column's mean (or most frequent word).", "error",
            "error", "drop", "mean"),
        Arg.Flag("header", "The first line of a CSV has the columns' names.", true),
        new("delimiter", ArgumentKind.Choice, "What stands between the cells of a CSV; found out when left out.")
        {
            Choices = [",", ";", "\t", "|"], Nullable = true,
        },
        new("class_names", ArgumentKind.Texts, "Names of the classes of NPZ and IDX labels, by index.") { Nullable = true, Count = (1, 100_000) },
        Arg.Number("scale", "What bytes are multiplied by: 1/255 for pictures, 1 otherwise, when left out.", nullable: true),
        Arg.Number("validation_split", "Share of a single file's rows to set aside for validation.", min: 0, max: 1, minExclusive: true,
            maxExclusive: true, nullable: true),
        Arg.Number("test_split", "Share of a single file's rows to set aside for testing.", min: 0, max: 1, minExclusive: true, maxExclusive: true,
            nullable: true),
        Arg.Integer("seed", "Which rows are set aside.", 0, min: 0),
        Arg.Integers("image_size", "Height and width that the pictures of an archive are brought to.", [256, 256], min: 1, max: 8192, minCount: 2, maxCount: 2),
        Arg.Choice("color_mode", "Channels of pictures.", "rgb", "rgb", "grayscale"),
        Arg.Choice("interpolation", "How pictures are resized.", "bilinear", "bilinear", "nearest"),
        Arg.Flag("crop_to_aspect_ratio", "Cut the largest middle part of the size's shape out of a picture instead of stretching it.", false),
        Arg.Choice("broken", "What is done with pictures that can't be decoded: refuse the upload, or leave them out and name them.", "fail", "fail", "skip"),
        new("summary", ArgumentKind.Text, "One or two sentences on what it is.") { Nullable = true },
        new("licence", ArgumentKind.Text, "Its licence.") { Nullable = true },
        new("source", ArgumentKind.Text, "Where it comes from.") { Nullable = true },
    ];

    /// <summary>Out of checked arguments.</summary>
    public static ImportOptions From(Arguments arguments) => new()
    {
        Format = arguments.OptionalText("format"),
        Features = Texts(arguments, "features"),
        Label = Texts(arguments, "label"),
        Target = arguments.OptionalText("target"),
        Categorical = Texts(arguments, "categorical") ?? [],
        Numeric = Texts(arguments, "numeric") ?? [],
        Missing = Enum.Parse<MissingPolicy>(arguments.Text("missing"), ignoreCase: true),
        Header = arguments.Flag("header"),
        Delimiter = arguments.OptionalText("delimiter")?[0],
        ClassNames = Texts(arguments, "class_names"),
        Scale = arguments.OptionalNumber("scale"),
        ValidationSplit = arguments.OptionalNumber("validation_split"),
        TestSplit = arguments.OptionalNumber("test_split"),
        Seed = (ulong)arguments.Long("seed"),
        ImageSize = ((int)arguments.Integers("image_size")[0], (int)arguments.Integers("image_size")[1]),
        Gray = arguments.Text("color_mode") == "grayscale",
        Interpolation = Enum.Parse<ResizeMode>(arguments.Text("interpolation"), ignoreCase: true),
        CropToAspectRatio = arguments.Flag("crop_to_aspect_ratio"),
        Broken = Enum.Parse<BrokenPolicy>(arguments.Text("broken"), ignoreCase: true),
        Summary = arguments.OptionalText("summary"),
        Licence = arguments.OptionalText("licence"),
        Source = arguments.OptionalText("source"),
    };

    private static IReadOnlyList<string>? Texts(Arguments arguments, string name) => arguments.Has(name) ? arguments.Texts(name) : null;
}
