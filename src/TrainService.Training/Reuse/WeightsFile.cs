using TrainService.Formats;
using TrainService.Formats.Hdf5;
using TrainService.Formats.Keras;
using TrainService.Formats.Npy;
using TrainService.Formats.Onnx;
using TrainService.Formats.Safetensors;
using TrainService.Formats.Zip;

namespace TrainService.Training.Reuse;

/// <summary>A file of weights, told by its first bytes: what Keras saves, safetensors, NPZ, or ONNX. None of them can carry code that is run.</summary>
/// <param name="Keras">When it is Keras's.</param>
/// <param name="Arrays">When it is named arrays.</param>
/// <param name="Onnx">When it is an ONNX file.</param>
internal sealed record WeightsFile(KerasFile? Keras, IReadOnlyList<NamedArray>? Arrays, OnnxModel? Onnx = null)
{
    private const byte FormatVersion = (1 << 3) | 0;

    private static ReadOnlySpan<byte> Zip => "PK"u8;

    /// <param name="stream">Seekable, at the beginning of the file; open as long as numbers are read.</param>
    /// <param name="limits">What reading it may cost.</param>
    /// <param name="file">What its sender calls it.</param>
    /// <exception cref="ArrayFormatException">It is none of these, broken, or beyond a limit.</exception>
    public static WeightsFile Open(Stream stream, FormatLimits limits, string file)
    {
        Span<byte> begin = stackalloc byte[9];
        long start = stream.Position;
        int read = stream.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false);
        stream.Position = start;
        begin = begin[..read];
        if (Hdf5File.IsHdf5(begin)) return new(KerasFile.OpenHdf5(stream, limits, file), null);
        if (IsOnnx(begin, file)) return new(null, null, OnnxFile.Read(stream, limits, file));
        if (!begin.StartsWith(Zip))
        {
            if (Stranger(begin) is { } what) throw new ArrayFormatException(file, null, what);
            return new(null, SafetensorsFile.Read(stream, limits, file).Arrays);
        }
        ZipArchiveReader archive = ZipArchiveReader.Open(stream, limits, file);
        if (archive.Entries.Any(e => e.Name.EndsWith("data.pkl", StringComparison.Ordinal))) throw new ArrayFormatException(file, null, Pickled);
        if (KerasFile.IsKerasArchive(archive)) return new(KerasFile.OpenArchive(archive, limits, file), null);
        if (TfjsModel.IsTfjs(archive)) return new(KerasFile.OpenTfjs(archive, limits, file), null);
        stream.Position = start;
        return new(null, NpzFile.Read(stream, limits, file));
    }

    private const string Taken = "Keras's .keras, .h5 and .weights.h5, TensorFlow.js Layers models as a ZIP, ONNX, safetensors and NPZ are taken in";

    private const string Pickled = $"this is a pickle, as torch.save and joblib write it: opening it would run whatever code it holds, so it is not opened. Save the tensors as safetensors. {Taken}";

    /// <summary>Why it can't be a safetensors file, whose header is a JSON object behind eight bytes; null when it can.</summary>
    private static string? Stranger(ReadOnlySpan<byte> begin)
    {
        if (begin is [0x80, >= 2 and <= 5, ..]) return Pickled;
        if (begin is [(byte)'{' or (byte)'[', ..]) return $"this is JSON, a description without its tensors: of a TensorFlow.js model send model.json and its shards in one ZIP. {Taken}";
        return begin.Length == 9 && begin[8] != (byte)'{' ? $"its first bytes are none of a file of weights that is known. {Taken}" : null;
    }

    /// <summary>ONNX files begin with no mark of their own: their name tells them, or the number of a first field that safetensors, whose ninth byte is a brace, can't be.</summary>
    private static bool IsOnnx(ReadOnlySpan<byte> begin, string file)
        => !begin.StartsWith(Zip) && (file.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) || (begin.Length == 9 && begin[0] == FormatVersion && begin[8] != (byte)'{'));
}
