using System.Diagnostics;
using System.Globalization;
using TrainService.Data.Pictures;

namespace TrainService.Benchmarks.Kernels;

/// <summary>What a picture's way from a JPEG file to a network's size costs, beside what libjpeg-turbo alone takes to decode it. On one thread.</summary>
internal static unsafe class PictureBenchmark
{
    public static int Run(string path, int height, int width, double seconds)
    {
        byte[] file = File.ReadAllBytes(path);
        Picture picture = PictureDecoder.Decode(file);
        byte[] pixels = new byte[picture.Pixels.Length], target = new byte[height * width * picture.Channels];
        var resizer = new PictureResizer(height, width, ResizeMode.Bilinear, keepAspect: false);
        nint handle = TurboJpeg.Open();
        List<double> alone = [], whole = [], resize = [];
        long end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        // In turn, so that what else the machine does meets all of them.
        while (Stopwatch.GetTimestamp() < end)
        {
            alone.Add(Milliseconds(() => Decode(handle, file, pixels, picture)));
            whole.Add(Milliseconds(() => resizer.Resize(PictureDecoder.Decode(file), target)));
            resize.Add(Milliseconds(() => resizer.Resize(picture, target)));
        }

        _ = TurboJpeg.Close(handle);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{picture.Width} x {picture.Height} to {width} x {height}, {alone.Count} times each, medians: libjpeg-turbo alone {Median(alone):0.000} ms; decoded and resized {Median(whole):0.000} ms, "
            + $"{Median(whole) / Median(alone):0.00} times that; resizing {Median(resize):0.000} ms"));
        return 0;
    }

    private static void Decode(nint handle, byte[] file, byte[] pixels, Picture picture)
    {
        fixed (byte* bytes = file, to = pixels)
        {
            if (TurboJpeg.ReadHeader(handle, bytes, (nuint)file.Length, out _, out _, out _, out _) != 0
                || TurboJpeg.Decompress(handle, bytes, (nuint)file.Length, to, picture.Width, picture.Width * picture.Channels, picture.Height,
                    picture.Channels == 3 ? TurboJpeg.Rgb : TurboJpeg.Gray, TurboJpeg.AccurateTransform) != 0)
                throw new InvalidDataException("libjpeg-turbo can't read the file.");
        }
    }

    private static double Milliseconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
