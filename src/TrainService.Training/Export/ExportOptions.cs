using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Export;

/// <summary>What a checkpoint is exported as.</summary>
/// <param name="Format">One of <see cref="Formats"/>.</param>
/// <param name="Half">Weights rounded to 16-bit floats.</param>
/// <param name="Bundle">An archive with golden inputs and outputs, a checker and a script beside the file.</param>
public sealed record ExportOptions(string Format, bool Half, bool Bundle)
{
    /// <summary>Kernels in 8 bits.</summary>
    public bool EightBits { get; init; }

    /// <summary>Name of the dataset whose rows say what ranges activations have, so that they go out in 8 bits too; null leaves them in floats.</summary>
    public string? Calibrate { get; init; }

    public string Precision => EightBits ? "int8" : Half ? "float16" : "float32";

    /// <summary>What goes out is not what was trained to the last bit.</summary>
    public bool IsRounded => Half || EightBits;

    /// <summary>Batch normalizations folded into the layers before them, where that can be.</summary>
    public bool FoldBatchNormalization { get; init; }

    public const string Safetensors = "safetensors", Npz = "npz", Keras = "keras", Hdf5 = "h5", Tfjs = "tfjs", Onnx = "onnx";

    public static IReadOnlyList<string> Formats { get; } = [Safetensors, Npz, Keras, Hdf5, Tfjs, Onnx];

    /// <summary>Reads the parameters of the address.</summary>
    public static ExportOptions? Read(string? format, string? precision, bool? bundle, bool? foldBatchNormalization, string? calibrate, SpecErrors errors)
    {
        Choose(format ?? Safetensors, "/format", Formats, errors);
        Choose(precision ?? "float32", "/precision", ["float32", "float16", "int8"], errors);
        if (precision == "int8" && (format ?? Safetensors) is Keras or Hdf5 or Tfjs)
            errors.Add("/precision", "no_equivalent", $"A network in {format} computes with floats, and its layers have no place for scales beside whole numbers. Kernels in 8 bits go out as {Onnx}, {Safetensors} or {Npz}.", precision);
        if (calibrate is not null && precision != "int8")
            errors.Add("/calibrate", "conflict", "Ranges of activations are for precision=int8 alone.", calibrate);
        else if (calibrate is not null && (format ?? Safetensors) != Onnx)
            errors.Add("/calibrate", "no_equivalent", $"Only {Onnx} has a place for ranges of activations; without calibrate kernels alone go out in 8 bits.", calibrate);
        return errors.Any ? null : new ExportOptions(format ?? Safetensors, precision == "float16", bundle ?? false) { FoldBatchNormalization = foldBatchNormalization ?? false, EightBits = precision == "int8", Calibrate = calibrate };
    }

    private static void Choose(string given, string pointer, IReadOnlyList<string> known, SpecErrors errors)
    {
        if (known.Contains(given, StringComparer.Ordinal)) return;
        errors.Add(new SpecError(pointer, "unknown_name", $"Expected one of {string.Join(", ", known)}.", given, NearestName.Of(given, known)));
    }
}
