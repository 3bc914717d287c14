namespace TrainService.Data.Synthetic;

/// <summary>
/// Signed distances to simple shapes: negative inside. What silhouettes are put together from: the union is the minimum, a cut the maximum with the
/// negative.
/// </summary>
internal static class Distance
{
    /// <summary>A thick line from a to b whose radius goes from <paramref name="ra"/> to <paramref name="rb"/>.</summary>
    public static float Line(float x, float y, float ax, float ay, float bx, float by, float ra, float rb)
    {
        float dx = bx - ax, dy = by - ay;
        float t = Math.Clamp((((x - ax) * dx) + ((y - ay) * dy)) / ((dx * dx) + (dy * dy)), 0, 1);
        float px = x - ax - (t * dx), py = y - ay - (t * dy);
        return MathF.Sqrt((px * px) + (py * py)) - (ra + (t * (rb - ra)));
    }

    public static float Box(float x, float y, float cx, float cy, float halfWidth, float halfHeight)
        => Math.Max(Math.Abs(x - cx) - halfWidth, Math.Abs(y - cy) - halfHeight);

    /// <summary>Between two heights, symmetric about x = 0, its half width going from <paramref name="top"/> to <paramref name="bottom"/>.</summary>
    public static float Trapezoid(float x, float y, float upper, float lower, float top, float bottom)
    {
        float t = Math.Clamp((y - upper) / (lower - upper), 0, 1);
        return Math.Max(Math.Abs(x) - (top + (t * (bottom - top))), Math.Max(upper - y, y - lower));
    }

    /// <summary>Nearly the distance, for ellipses that are not too flat.</summary>
    public static float Ellipse(float x, float y, float cx, float cy, float rx, float ry)
    {
        float px = (x - cx) / rx, py = (y - cy) / ry;
        return (MathF.Sqrt((px * px) + (py * py)) - 1) * Math.Min(rx, ry);
    }
}
