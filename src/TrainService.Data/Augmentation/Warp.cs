namespace TrainService.Data.Augmentation;

/// <summary>Draws a picture anew through an <see cref="AffineMap"/>, each pixel blended of the four around the place that it is read from (spline order 1).</summary>
internal static class Warp
{
    /// <param name="source">height · width · channels.</param>
    /// <param name="target">As long; other memory than the source.</param>
    public static void Apply(ReadOnlySpan<float> source, int height, int width, int channels, in AffineMap map, FillMode fill, float fillValue, Span<float> target)
    {
        for (int y = 0; y < height; y++)
        {
            double x0 = (map.Xy * y) + map.X0, y0 = (map.Yy * y) + map.Y0;
            Span<float> line = target.Slice(y * width * channels, width * channels);
            (int from, int to) = Inside(x0, map.Xx, width, width - 1);
            (int top, int bottom) = Inside(y0, map.Yx, width, height - 1);
            (from, to) = (Math.Max(from, top), Math.Min(to, bottom));
            if (from >= to) from = to = width;
            for (int x = 0; x < from; x++) Edge(source, height, width, channels, x0 + (map.Xx * x), y0 + (map.Yx * x), fill, fillValue, line.Slice(x * channels, channels));
            if (channels == 1) Gray(source, width, x0, y0, map, from, to, line);
            else if (channels == 3) Rgb(source, width, x0, y0, map, from, to, line);
            else Any(source, width, channels, x0, y0, map, from, to, line);
            for (int x = to; x < width; x++) Edge(source, height, width, channels, x0 + (map.Xx * x), y0 + (map.Yx * x), fill, fillValue, line.Slice(x * channels, channels));
        }
    }

    /// <summary>The x from 0 to <paramref name="count"/> for which start + slope·x is at least 0 and below <paramref name="end"/>; one too few rather than too many.</summary>
    private static (int From, int To) Inside(double start, double slope, int count, int end)
    {
        if (Math.Abs(slope) < 1e-12) return start >= 0 && start + 1e-6 < end ? (0, count) : (count, 0);
        double a = -start / slope, b = (end - start) / slope;
        if (a > b) (a, b) = (b, a);
        const double Margin = 1e-6;
        int from = (int)Math.Clamp(Math.Ceiling(a + Margin), 0, count), to = (int)Math.Clamp(Math.Floor(b - Margin) + 1, 0, count);
        return (from, to);
    }

    private static void Gray(ReadOnlySpan<float> source, int width, double x0, double y0, in AffineMap map, int from, int to, Span<float> line)
    {
        for (int x = from; x < to; x++)
        {
            double sx = x0 + (map.Xx * x), sy = y0 + (map.Yx * x);
            int column = (int)sx, row = (int)sy;
            float fx = (float)(sx - column), fy = (float)(sy - row);
            ReadOnlySpan<float> four = source.Slice((row * width) + column, width + 2);
            float upper = four[0] + ((four[1] - four[0]) * fx), lower = four[width] + ((four[width + 1] - four[width]) * fx);
            line[x] = upper + ((lower - upper) * fy);
        }
    }

    private static void Rgb(ReadOnlySpan<float> source, int width, double x0, double y0, in AffineMap map, int from, int to, Span<float> line)
    {
        int stride = 3 * width;
        for (int x = from; x < to; x++)
        {
            double sx = x0 + (map.Xx * x), sy = y0 + (map.Yx * x);
            int column = (int)sx, row = (int)sy;
            float fx = (float)(sx - column), fy = (float)(sy - row);
            ReadOnlySpan<float> u = source.Slice((row * stride) + (3 * column), 6), l = source.Slice(((row + 1) * stride) + (3 * column), 6);
            Span<float> pixel = line.Slice(3 * x, 3);
            float u0 = u[0] + ((u[3] - u[0]) * fx), u1 = u[1] + ((u[4] - u[1]) * fx), u2 = u[2] + ((u[5] - u[2]) * fx);
            float l0 = l[0] + ((l[3] - l[0]) * fx), l1 = l[1] + ((l[4] - l[1]) * fx), l2 = l[2] + ((l[5] - l[2]) * fx);
            pixel[0] = u0 + ((l0 - u0) * fy);
            pixel[1] = u1 + ((l1 - u1) * fy);
            pixel[2] = u2 + ((l2 - u2) * fy);
        }
    }

    private static void Any(ReadOnlySpan<float> source, int width, int channels, double x0, double y0, in AffineMap map, int from, int to, Span<float> line)
    {
        for (int x = from; x < to; x++)
        {
            double sx = x0 + (map.Xx * x), sy = y0 + (map.Yx * x);
            int column = (int)sx, row = (int)sy;
            Blend(source, ((row * width) + column) * channels, ((row * width) + column + 1) * channels, ((row + 1) * width + column) * channels,
                ((row + 1) * width + column + 1) * channels, (float)(sx - column), (float)(sy - row), line.Slice(x * channels, channels));
        }
    }

    private static void Edge(ReadOnlySpan<float> source, int height, int width, int channels, double x, double y, FillMode fill, float fillValue, Span<float> pixel)
    {
        if (fill == FillMode.Constant && !(x >= 0 && x <= width - 1 && y >= 0 && y <= height - 1))
        {
            pixel.Fill(fillValue);
            return;
        }

        (x, y) = (Within(x, width, fill), Within(y, height, fill));
        double column = Math.Floor(x), row = Math.Floor(y);
        int left = Math.Clamp((int)column, 0, width - 1), right = Math.Clamp((int)column + 1, 0, width - 1);
        int top = Math.Clamp((int)row, 0, height - 1), bottom = Math.Clamp((int)row + 1, 0, height - 1);
        Blend(source, ((top * width) + left) * channels, ((top * width) + right) * channels, ((bottom * width) + left) * channels, ((bottom * width) + right) * channels,
            (float)(x - column), (float)(y - row), pixel);
    }

    /// <summary>The place in the picture that stands for one beyond its edges; from -0.5 to length - 0.5.</summary>
    private static double Within(double at, int length, FillMode fill)
    {
        switch (fill)
        {
            case FillMode.Reflect:
                double from = (at + 0.5) % (2.0 * length);
                if (from < 0) from += 2.0 * length;
                return (from < length ? from : (2.0 * length) - from) - 0.5;
            case FillMode.Wrap when length > 1:
                if (at >= 0 && at <= length - 1) return at;
                double rest = at % (length - 1);
                return rest < 0 ? rest + length - 1 : rest;
            default:
                return Math.Clamp(at, 0, length - 1);
        }
    }

    private static void Blend(ReadOnlySpan<float> source, int upperLeft, int upperRight, int lowerLeft, int lowerRight, float fx, float fy, Span<float> pixel)
    {
        for (int c = 0; c < pixel.Length; c++)
        {
            float a = source[upperLeft + c], b = source[lowerLeft + c];
            float upper = a + ((source[upperRight + c] - a) * fx), lower = b + ((source[lowerRight + c] - b) * fx);
            pixel[c] = upper + ((lower - upper) * fy);
        }
    }
}
