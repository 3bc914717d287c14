using TrainService.Formats;
using TrainService.Formats.Npy;
using TrainService.Formats.Safetensors;

namespace TrainService.Training.Reuse;

/// <summary>Named arrays out of safetensors or NPZ, told apart by their first bytes. Neither format can carry code.</summary>
internal static class WeightsFile
{
    private static ReadOnlySpan<byte> Zip => "PK"u8;

    /// <param name="stream">Seekable, at the beginning of the file.</param>
    /// <param name="limits">What reading it may cost.</param>
    /// <param name="file">What its sender calls it.</param>
    /// <exception cref="ArrayFormatException">It is neither, broken, or beyond a limit.</exception>
    public static IReadOnlyList<NamedArray> Read(Stream stream, FormatLimits limits, string file)
    {
        Span<byte> begin = stackalloc byte[2];
        long start = stream.Position;
        int read = stream.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false);
        stream.Position = start;
        return begin[..read].SequenceEqual(Zip) ? NpzFile.Read(stream, limits, file) : SafetensorsFile.Read(stream, limits, file).Arrays;
    }
}
