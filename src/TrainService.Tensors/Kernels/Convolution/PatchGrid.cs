using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Normalization;

namespace TrainService.Tensors.Kernels.Convolution;

/// <summary>
/// The rows of the left factor of a convolution: at each position of a grid over an image, what the taps see there, in the order (row of taps, tap,
/// channel); 0 beyond the border. Never a whole matrix: blocks of it are copied into cache, where the product reads them.
/// </summary>
public sealed unsafe class PatchGrid
{
    /// <summary>Floats behind the last row that <see cref="Pack"/> may write too, when rows have no gaps between them.</summary>
    public const int Overhang = Panels.Width;

    private readonly ImageLayout _image;
    private readonly int _stepY;
    private readonly int _stepX;
    private readonly int[] _tapsY;
    private readonly int[] _tapsX;
    private readonly int _rowDepth;
    private readonly bool _runs;
    private readonly bool _wideRows;

    /// <param name="image">What is read.</param>
    /// <param name="height">Positions of the grid.</param>
    /// <param name="width">Positions of the grid.</param>
    /// <param name="stepY">Pixels from a position to the one below.</param>
    /// <param name="stepX">Pixels from a position to the next.</param>
    /// <param name="tapsY">Rows that are seen from position 0.</param>
    /// <param name="tapsX">Pixels of a row that are seen from position 0.</param>
    public PatchGrid(ImageLayout image, int height, int width, int stepY, int stepX, int[] tapsY, int[] tapsX)
    {
        (_image, Height, Width, _stepY, _stepX, _tapsY, _tapsX) = (image, height, width, stepY, stepX, tapsY, tapsX);
        _rowDepth = tapsX.Length * image.Channels;
        Depth = tapsY.Length * _rowDepth;
        _wideRows = (long)image.Width * image.PixelStride >= Panels.Width;
        // Neighbouring taps see neighbouring pixels: without gaps between pixels a row of taps is one piece of memory.
        _runs = image.PixelStride == image.Channels;
        for (int i = 1; i < tapsX.Length; i++) _runs &= tapsX[i] == tapsX[i - 1] + 1;
    }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Positions in an image.</summary>
    public int Positions => Height * Width;

    /// <summary>Numbers that are seen from a position.</summary>
    public int Depth { get; }

    /// <summary>Every position sees just its own pixel, and pixels are evenly spaced over all images: nothing needs to be copied.</summary>
    public bool IsPlain => _tapsY is [0] && _tapsX is [0] && _stepY == 1 && _stepX == 1 && Height == _image.Height && Width == _image.Width
        && _image.IsEven;

    /// <summary>Floats from a pixel of the image to the next.</summary>
    public int PixelStride => _image.PixelStride;

    /// <summary>What is read.</summary>
    internal ImageLayout Image => _image;

    /// <summary>
    /// Copies depth <paramref name="from"/> … <paramref name="to"/> - 1 of <paramref name="count"/> positions, counted through all images from
    /// <paramref name="position"/> on, into rows that are <paramref name="stride"/> apart.
    /// </summary>
    /// <param name="map">What is done to each number on the way; zeros beyond the border stay.</param>
    public void Pack(float* images, long position, int count, int from, int to, float* rows, nint stride, in ChannelMap map = default)
    {
        long sample = position / Positions;
        int within = (int)(position % Positions), y = within / Width, x = within % Width;
        // Between rows that follow each other without gaps nothing is kept that could be written over.
        bool readOn = _wideRows && stride == to - from;
        int firstRow = from / _rowDepth, lastRow = (to - 1) / _rowDepth;
        for (int i = 0; i < count; i++)
        {
            float* image = images + sample * _image.SampleStride, target = rows;
            for (int t = firstRow; t <= lastRow; t++)
            {
                int begin = t * _rowDepth, a = Math.Max(from - begin, 0), b = Math.Min(to - begin, _rowDepth), row = y * _stepY + _tapsY[t];
                if ((uint)row >= (uint)_image.Height) Clear(target, b - a);
                else if (_runs && map.IsIdentity) Run(image + (nint)row * _image.Width * _image.PixelStride, x * _stepX + _tapsX[0], a, b, target, readOn && row < _image.Height - 1);
                else Taps(image + (nint)row * _image.Width * _image.PixelStride, x * _stepX, a, b, target, map);
                target += b - a;
            }

            rows += stride;
            if (++x < Width) continue;
            x = 0;
            if (++y < Height) continue;
            y = 0;
            sample++;
        }
    }

    /// <summary>One piece of a row of pixels, clipped at both borders.</summary>
    /// <param name="mayReadOn">There is another row behind this one: a vector may be read from anywhere in it.</param>
    private void Run(float* row, int pixel, int a, int b, float* target, bool mayReadOn)
    {
        int start = pixel * _image.Channels + a, end = start + b - a, limit = _image.Width * _image.Channels;
        if (start >= 0 && end <= limit)
        {
            // A whole vector is faster than few numbers; what it writes too much is written over next, or lies in the overhang.
            if (mayReadOn && b - a < Overhang && Vector512.IsHardwareAccelerated) Vector512.Load(row + start).Store(target);
            else Copy(row + start, target, b - a);
            return;
        }

        int low = Math.Clamp(start, 0, limit), high = Math.Clamp(end, low, limit);
        int before = Math.Min(b - a, Math.Max(0, low - start));
        Clear(target, before);
        Copy(row + low, target + before, high - low);
        Clear(target + before + (high - low), b - a - before - (high - low));
    }

    private void Taps(float* row, int pixel, int a, int b, float* target, in ChannelMap map)
    {
        int channels = _image.Channels;
        for (int tap = a / channels; tap * channels < b; tap++)
        {
            int from = Math.Max(a - tap * channels, 0), to = Math.Min(b - tap * channels, channels), at = pixel + _tapsX[tap];
            float* source = row + (nint)at * _image.PixelStride + from;
            if ((uint)at >= (uint)_image.Width) Clear(target, to - from);
            else if (map.IsIdentity) Copy(source, target, to - from);
            else ChannelNormalization.Copy(map.From(from), source, to - from, target);
            target += to - from;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* source, float* target, int length)
    {
        if (length < Panels.Width)
        {
            for (int i = 0; i < length; i++) target[i] = source[i];
            return;
        }

        if (!Vector512.IsHardwareAccelerated)
        {
            Buffer.MemoryCopy(source, target, length * sizeof(float), length * sizeof(float));
            return;
        }

        // The last vector may overlap the one before it.
        int last = length - Panels.Width;
        for (int i = 0; i < last; i += Panels.Width) Vector512.Load(source + i).Store(target + i);
        Vector512.Load(source + last).Store(target + last);
    }

    private static void Clear(float* target, int length) => new Span<float>(target, length).Clear();
}
