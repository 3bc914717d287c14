using TrainService.Tensors.Randomness;

namespace TrainService.Data.Synthetic;

/// <summary>
/// The outline of one piece of clothing, and what varies from piece to piece. Coordinates: x to the right, y down, both from -1 to 1.
/// </summary>
internal readonly struct Silhouette
{
    private readonly int _kind;
    private readonly float _width, _length, _detail;

    public Silhouette(int kind, ref PhiloxStream random)
    {
        _kind = kind;
        _width = 0.8f + (0.4f * random.NextSingle());
        _length = 0.85f + (0.3f * random.NextSingle());
        _detail = random.NextSingle();
    }

    /// <summary>Signed distance to the outline, negative inside.</summary>
    public float At(float x, float y) => _kind switch
    {
        0 => Top(x, y, sleeveX: 0.7f, sleeveY: -0.12f, hem: 0.7f * _length),
        1 => Trouser(x, y),
        2 => Top(x, y, sleeveX: 0.68f, sleeveY: 0.55f * _length, hem: 0.7f * _length),
        3 => Dress(x, y),
        4 => Math.Max(Top(x, y, sleeveX: 0.66f, sleeveY: 0.6f * _length, hem: 0.85f), -Distance.Line(x, y, 0, -0.4f, 0, 1, 0.02f, 0.05f)),
        5 => Sandal(x, y),
        6 => Math.Max(Top(x, y, sleeveX: 0.68f, sleeveY: (0.15f + (0.4f * _detail)) * _length, hem: 0.72f * _length),
            0.03f - Math.Max(Math.Abs(x), Math.Abs(MathF.IEEERemainder(y, 0.3f)))),
        7 => Sneaker(x, y),
        8 => Bag(x, y),
        _ => Boot(x, y),
    };

    private float Top(float x, float y, float sleeveX, float sleeveY, float hem)
    {
        float half = 0.36f * _width, side = Math.Abs(x);
        float body = Distance.Trapezoid(x, y, -0.65f, hem, half, half * (1 + (0.15f * _detail)));
        float sleeve = Distance.Line(side, y, half * 0.8f, -0.5f, sleeveX, sleeveY, 0.17f, 0.11f);
        return Math.Max(Math.Min(body, sleeve), -Distance.Ellipse(x, y, 0, -0.68f, 0.16f, 0.1f + (0.1f * _detail)));
    }

    private float Trouser(float x, float y)
    {
        float side = Math.Abs(x);
        float leg = Distance.Line(side, y, 0.16f * _width, -0.55f, (0.18f + (0.12f * _detail)) * _width, 0.85f * _length, 0.17f, 0.11f);
        return Math.Min(leg, Distance.Box(x, y, 0, -0.68f, 0.3f * _width, 0.12f));
    }

    private float Dress(float x, float y)
    {
        float skirt = Distance.Trapezoid(x, y, -0.2f, 0.88f * _length, 0.16f * _width, (0.25f + (0.25f * _detail)) * _width);
        float top = Distance.Trapezoid(x, y, -0.85f, -0.15f, 0.24f * _width, 0.16f * _width);
        return Math.Max(Math.Min(skirt, top), -Distance.Ellipse(x, y, 0, -0.88f, 0.12f, 0.2f));
    }

    private float Sandal(float x, float y)
    {
        float sole = Distance.Line(x, y, -0.75f, 0.4f, 0.7f, 0.4f - (0.35f * _detail), 0.05f, 0.05f + (0.05f * _width));
        float strap = Distance.Line(x, y, -0.6f, 0.35f, -0.15f, -0.05f, 0.05f, 0.05f);
        float other = Distance.Line(x, y, -0.15f, -0.05f, 0.15f, 0.3f - (0.15f * _detail), 0.05f, 0.05f);
        return Math.Min(sole, Math.Min(Math.Min(strap, other),
            Distance.Line(x, y, 0.65f, 0.35f - (0.35f * _detail), 0.6f, -0.3f * _length, 0.05f, 0.03f)));
    }

    private float Sneaker(float x, float y)
    {
        float sole = Distance.Box(x, y, 0, 0.35f, 0.8f * _length, 0.07f);
        float toe = Distance.Line(x, y, -0.6f * _length, 0.22f, 0.45f, 0.05f, 0.1f, 0.24f * _width);
        return Math.Min(sole, Math.Min(toe, Distance.Box(x, y, 0.5f, 0.05f, 0.22f, 0.28f * _width)));
    }

    private float Bag(float x, float y)
    {
        float body = Distance.Box(x, y, 0, 0.3f, 0.7f * _width, 0.42f * _length);
        float handle = Math.Abs(Distance.Ellipse(x, y, 0, -0.1f, 0.38f * _width, 0.3f + (0.4f * _detail))) - 0.05f;
        return Math.Min(body, handle);
    }

    private float Boot(float x, float y)
    {
        float shaft = Distance.Box(x, y, 0.35f, -0.15f, 0.26f * _width, 0.65f * _length);
        float foot = Distance.Line(x, y, -0.55f * _length, 0.52f, 0.4f, 0.38f, 0.12f, 0.22f);
        float heel = Distance.Box(x, y, 0.45f, 0.65f, 0.14f, 0.12f + (0.1f * _detail));
        return Math.Min(shaft, Math.Min(foot, heel));
    }
}
