using TrainService.Specification;

namespace TrainService.Data.Augmentation;

/// <summary>
/// Squares that are blanked. Their centres lie anywhere in the picture, so that part of a square may lie outside of it (DeVries and Taylor 2017).
/// </summary>
/// <param name="Size">Of a side: pixels, or below 1 a share of the picture's shorter one.</param>
/// <param name="Count">How many.</param>
/// <param name="Fill">In stored values.</param>
public sealed record CutoutSettings(double Size, int Count, double Fill)
{
    public static IReadOnlyList<ArgumentSpec> Arguments { get; } =
    [
        Arg.Number("size", "Side of a square in pixels, or below 1 as a share of the picture's shorter side.", min: 0, max: 100_000, minExclusive: true, required: true),
        Arg.Integer("count", "How many squares.", 1, min: 1, max: 64),
        Arg.Number("fill", "What stands there, in stored values. 0 is black; the paper's pictures were standardized, where it is the mean.", 0),
    ];

    public static CutoutSettings From(Arguments arguments) => new(arguments.Number("size"), arguments.Integer("count"), arguments.Number("fill"));
}
