using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Export;

/// <summary>What a checkpoint is exported as.</summary>
/// <param name="Format">One of <see cref="Formats"/>.</param>
/// <param name="Half">Weights rounded to 16-bit floats.</param>
/// <param name="Bundle">An archive with golden inputs and outputs, a checker and a script beside the file.</param>
public sealed record ExportOptions(string Format, bool Half, bool Bundle)
{
    /// <summary>Batch normalizations folded into the layers before them, where that can be.</summary>
    public bool FoldBatchNormalization { get; init; }

    public const string Safetensors = "safetensors", Npz = "npz", Keras = "keras", Hdf5 = "h5", Tfjs = "tfjs", Onnx = "onnx";

    public static IReadOnlyList<string> Formats { get; } = [Safetensors, Npz, Keras, Hdf5, Tfjs, Onnx];

    /// <summary>Formats and precisions that the service is to have, and has not yet.</summary>
    private static readonly string[] Later = ["int8"];

    /// <summary>Reads the parameters of the address.</summary>
    public static ExportOptions? Read(string? format, string? precision, bool? bundle, bool? foldBatchNormalization, SpecErrors errors)
    {
        Choose(format ?? Safetensors, "/format", Formats, errors);
        Choose(precision ?? "float32", "/precision", ["float32", "float16"], errors);
        return errors.Any ? null : new ExportOptions(format ?? Safetensors, precision == "float16", bundle ?? false) { FoldBatchNormalization = foldBatchNormalization ?? false };
    }

    private static void Choose(string given, string pointer, IReadOnlyList<string> known, SpecErrors errors)
    {
        if (known.Contains(given, StringComparer.Ordinal)) return;
        bool later = Later.Contains(given, StringComparer.Ordinal);
        errors.Add(new SpecError(pointer, later ? "unsupported" : "unknown_name", $"{(later ? $"'{given}' is not supported yet. " : "")}Expected one of {string.Join(", ", known)}.", given,
            later ? null : NearestName.Of(given, known)));
    }
}
