using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TrainService.Data.Pictures;

/// <summary>
/// Brings pictures to one size. Pixel centres stand at half numbers: the new pixel i lies at (i + 0.5) · old / new - 0.5 of the old picture,
/// as in Keras's image loaders and <c>tf.image.resize</c> (no smoothing where it gets smaller). Bytes are rounded to the nearest.
/// </summary>
/// <param name="keepAspect">Cut the largest middle part of the new shape out first (Keras's <c>crop_to_aspect_ratio</c>), instead of stretching.</param>
public sealed class PictureResizer(int height, int width, ResizeMode mode, bool keepAspect)
{
    public Picture Resize(Picture picture)
    {
        byte[] pixels = new byte[height * width * picture.Channels];
        Resize(picture, pixels);
        return new Picture(height, width, picture.Channels, pixels);
    }

    /// <param name="target">height · width · channels bytes.</param>
    public void Resize(Picture picture, Span<byte> target)
    {
        (int top, int left, int rows, int columns) = keepAspect ? Middle(picture) : (0, 0, picture.Height, picture.Width);
        if (rows == height && columns == width && !keepAspect)
        {
            picture.Pixels.CopyTo(target);
            return;
        }

        int channels = picture.Channels, stride = picture.Width * channels;
        ReadOnlySpan<byte> pixels = picture.Pixels;
        Tap[] across = Taps(columns, width, mode), down = Taps(rows, height, mode);
        // A pixel is read as four numbers, whatever it has.
        float[] room = new float[(columns * channels) + 1];
        Span<float> blended = room.AsSpan(0, columns * channels);
        for (int y = 0; y < height; y++)
        {
            Tap row = down[y];
            ReadOnlySpan<byte> upper = pixels.Slice(((top + row.From) * stride) + (left * channels), blended.Length);
            ReadOnlySpan<byte> lower = pixels.Slice(((top + row.To) * stride) + (left * channels), blended.Length);
            Blend(upper, lower, row.Share, blended);
            Span<byte> line = target.Slice(y * width * channels, width * channels);
            if (channels == 3) AcrossRgb(room, across, line);
            else Across(room, across, channels, line);
        }
    }

    // As Keras's smart_resize cuts.
    private (int Top, int Left, int Rows, int Columns) Middle(Picture picture)
    {
        int rows = Math.Max(1, Math.Min(picture.Height, (int)((double)picture.Width * height / width)));
        int columns = Math.Max(1, Math.Min(picture.Width, (int)((double)picture.Height * width / height)));
        return ((picture.Height - rows) / 2, (picture.Width - columns) / 2, rows, columns);
    }

    private static Tap[] Taps(int from, int to, ResizeMode mode)
    {
        Tap[] taps = new Tap[to];
        double scale = (double)from / to;
        for (int i = 0; i < to; i++)
        {
            if (mode == ResizeMode.Nearest)
            {
                int nearest = Math.Min(from - 1, (int)Math.Floor((i + 0.5) * scale));
                taps[i] = new Tap(nearest, nearest, 0);
                continue;
            }

            float at = (float)(((i + 0.5) * scale) - 0.5);
            float below = MathF.Floor(at);
            int lower = Math.Max(0, (int)below);
            taps[i] = new Tap(lower, Math.Min(from - 1, (int)below + 1), Math.Max(0, at - below));
        }

        return taps;
    }

    /// <summary>upper + (lower - upper) · share.</summary>
    private static void Blend(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, float share, Span<float> result)
    {
        int i = 0;
        for (; i <= upper.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(upper[i..]), out Vector<ushort> u0, out Vector<ushort> u1);
            Vector.Widen(new Vector<byte>(lower[i..]), out Vector<ushort> l0, out Vector<ushort> l1);
            Four(u0, l0, share, result[i..]);
            Four(u1, l1, share, result[(i + Vector<ushort>.Count)..]);
        }

        for (; i < upper.Length; i++) result[i] = upper[i] + ((lower[i] - upper[i]) * share);
    }

    private static void Four(Vector<ushort> upper, Vector<ushort> lower, float share, Span<float> result)
    {
        Vector.Widen(upper, out Vector<uint> u0, out Vector<uint> u1);
        Vector.Widen(lower, out Vector<uint> l0, out Vector<uint> l1);
        Vector<float> a = Vector.ConvertToSingle(Vector.AsVectorInt32(u0)), b = Vector.ConvertToSingle(Vector.AsVectorInt32(u1));
        (a + ((Vector.ConvertToSingle(Vector.AsVectorInt32(l0)) - a) * share)).CopyTo(result);
        (b + ((Vector.ConvertToSingle(Vector.AsVectorInt32(l1)) - b) * share)).CopyTo(result[Vector<float>.Count..]);
    }

    /// <param name="row">One number more than its pixels have.</param>
    private static void AcrossRgb(float[] row, Tap[] taps, Span<byte> line)
    {
        ref float first = ref MemoryMarshal.GetArrayDataReference(row);
        Vector128<byte> lowest = Vector128.Create((byte)0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12);
        for (int x = 0; x < taps.Length; x++)
        {
            Tap tap = taps[x];
            Vector128<float> a = Vector128.LoadUnsafe(ref first, (nuint)(3 * tap.From)), b = Vector128.LoadUnsafe(ref first, (nuint)(3 * tap.To));
            Vector128<float> blend = a + ((b - a) * Vector128.Create(tap.Share)) + Vector128.Create(0.5f);
            uint pixel = Vector128.Shuffle(Vector128.ConvertToInt32Native(blend).AsByte(), lowest).AsUInt32().ToScalar();
            Span<byte> to = line[(3 * x)..];
            // The fourth byte is the next pixel's first, which is written after it; beyond the last one there is nothing.
            if (to.Length >= 4)
            {
                Unsafe.WriteUnaligned(ref MemoryMarshal.GetReference(to), pixel);
                continue;
            }

            (to[0], to[1], to[2]) = ((byte)pixel, (byte)(pixel >> 8), (byte)(pixel >> 16));
        }
    }

    private static void Across(float[] row, Tap[] taps, int channels, Span<byte> line)
    {
        for (int x = 0; x < taps.Length; x++)
        {
            Tap tap = taps[x];
            for (int c = 0; c < channels; c++)
            {
                float a = row[(tap.From * channels) + c], b = row[(tap.To * channels) + c];
                line[(x * channels) + c] = (byte)(a + ((b - a) * tap.Share) + 0.5f);
            }
        }
    }

    /// <summary>Two old pixels and how far the new one lies towards the second.</summary>
    private readonly record struct Tap(int From, int To, float Share);
}
