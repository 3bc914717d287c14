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
        if (!begin.StartsWith(Zip)) return new(null, SafetensorsFile.Read(stream, limits, file).Arrays);
        ZipArchiveReader archive = ZipArchiveReader.Open(stream, limits, file);
        if (KerasFile.IsKerasArchive(archive)) return new(KerasFile.OpenArchive(archive, limits, file), null);
        if (TfjsModel.IsTfjs(archive)) return new(KerasFile.OpenTfjs(archive, limits, file), null);
        stream.Position = start;
        return new(null, NpzFile.Read(stream, limits, file));
    }

    /// <summary>ONNX files begin with no mark of their own: their name tells them, or the number of a first field that safetensors, whose ninth byte is a brace, can't be.</summary>
    private static bool IsOnnx(ReadOnlySpan<byte> begin, string file)
        => !begin.StartsWith(Zip) && (file.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) || (begin.Length == 9 && begin[0] == FormatVersion && begin[8] != (byte)'{'));
}
