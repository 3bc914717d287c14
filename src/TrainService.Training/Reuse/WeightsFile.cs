using TrainService.Formats;
using TrainService.Formats.Hdf5;
using TrainService.Formats.Keras;
using TrainService.Formats.Npy;
using TrainService.Formats.Safetensors;
using TrainService.Formats.Zip;

namespace TrainService.Training.Reuse;

/// <summary>A file of weights, told by its first bytes: what Keras saves, safetensors, or NPZ. None of them can carry code that is run.</summary>
/// <param name="Keras">Null when it is named arrays.</param>
/// <param name="Arrays">Null when it is Keras's.</param>
internal sealed record WeightsFile(KerasFile? Keras, IReadOnlyList<NamedArray>? Arrays)
{
    private static ReadOnlySpan<byte> Zip => "PK"u8;

    /// <param name="stream">Seekable, at the beginning of the file; open as long as numbers are read.</param>
    /// <param name="limits">What reading it may cost.</param>
    /// <param name="file">What its sender calls it.</param>
    /// <exception cref="ArrayFormatException">It is none of these, broken, or beyond a limit.</exception>
    public static WeightsFile Open(Stream stream, FormatLimits limits, string file)
    {
        Span<byte> begin = stackalloc byte[8];
        long start = stream.Position;
        int read = stream.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false);
        stream.Position = start;
        begin = begin[..read];
        if (Hdf5File.IsHdf5(begin)) return new(KerasFile.OpenHdf5(stream, limits, file), null);
        if (!begin.StartsWith(Zip)) return new(null, SafetensorsFile.Read(stream, limits, file).Arrays);
        ZipArchiveReader archive = ZipArchiveReader.Open(stream, limits, file);
        if (KerasFile.IsKerasArchive(archive)) return new(KerasFile.OpenArchive(archive, limits, file), null);
        if (TfjsModel.IsTfjs(archive)) return new(KerasFile.OpenTfjs(archive, limits, file), null);
        stream.Position = start;
        return new(null, NpzFile.Read(stream, limits, file));
    }
}
