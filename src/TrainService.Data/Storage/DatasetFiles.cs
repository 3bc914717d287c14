namespace TrainService.Data.Storage;

/// <summary>The part of a dataset that a file belongs to.</summary>
internal enum Part
{
    Train,
    Validation,
    Test,
}

/// <summary>Names of the files in a dataset's folder: <c>dataset.json</c>, and for each part raw little-endian arrays, row after row.</summary>
internal static class DatasetFiles
{
    public const string Description = "dataset.json";

    public static readonly Part[] Parts = [Part.Train, Part.Validation, Part.Test];

    public static string Inputs(Part part) => $"{Word(part)}.inputs";

    /// <summary>float32. Tables have none: their labels are columns.</summary>
    public static string Targets(Part part) => $"{Word(part)}.targets";

    /// <summary>float32, one a row; only when the dataset has sample weights.</summary>
    public static string Weights(Part part) => $"{Word(part)}.weights";

    public static string Word(Part part) => part switch { Part.Train => "train", Part.Validation => "validation", _ => "test" };
}
