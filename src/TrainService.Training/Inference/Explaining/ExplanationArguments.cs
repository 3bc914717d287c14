using TrainService.Specification;

namespace TrainService.Training.Inference.Explaining;

/// <summary>What can be asked of an explanation.</summary>
public static class ExplanationArguments
{
    internal const string Gradient = "gradient", SmoothGrad = "smooth_grad", Integrated = "integrated_gradients", GradCam = "grad_cam", Occlusion = "occlusion";

    /// <summary>Most rows that one question may have the network compute.</summary>
    internal const int MostPasses = 20_000;

    internal static readonly string[] Methods = [GradCam, Integrated, SmoothGrad, Gradient, Occlusion];

    /// <summary>Arguments that not every method takes, and the methods that do.</summary>
    internal static readonly (string Name, string[] Methods)[] TakenBy =
    [
        ("layer", [GradCam]), ("steps", [Integrated]), ("samples", [SmoothGrad]), ("noise", [SmoothGrad]), ("seed", [SmoothGrad]),
        ("baseline", [Integrated, Occlusion]), ("window", [Occlusion]), ("stride", [Occlusion]),
    ];

    /// <summary>Beside the input.</summary>
    public static IReadOnlyList<ArgumentSpec> Options { get; } =
    [
        new("method", ArgumentKind.Choice,
            "gradient: by how much the score moves with each input (Simonyan 2013). smooth_grad: its mean over noisy copies (Smilkov 2017). "
            + "integrated_gradients: each input's share in the score, against a baseline (Sundararajan 2017). grad_cam: the places of a layer that speak for the class "
            + "(Selvaraju 2017). occlusion: what the score loses when a part is covered (Zeiler, Fergus 2013).")
        {
            Choices = Methods, Nullable = true,
        },
        new("class", ArgumentKind.Json, "Name or number of the class (or number of the output) that is explained; the most probable one when left out.") { Nullable = true },
        new("of", ArgumentKind.Choice, "score: the number before the last softmax or sigmoid; probability. Left out: probability for integrated_gradients and occlusion, else score.")
        {
            Choices = ["score", "probability"], Nullable = true,
        },
        Arg.Text("layer", "For grad_cam: name of the layer; the last one with height and width when left out.") with { Nullable = true },
        Arg.Integer("steps", "For integrated_gradients: points on the way from the baseline to the input.", 50, min: 1, max: 2000),
        Arg.Integer("samples", "For smooth_grad: noisy copies.", 50, min: 1, max: 2000),
        Arg.Number("noise", "For smooth_grad: their standard deviation, as a share of the input's range.", 0.15, min: 0, max: 10),
        new("baseline", ArgumentKind.Json,
            "For integrated_gradients and occlusion: what stands for nothing: black, gray, white, mean (of the picture, by channel), zero (as the network takes it), a number, or a whole "
            + "input. Left out: black for integrated_gradients and gray for occlusion of pictures, else zero.")
        {
            Nullable = true,
        },
        Arg.Integer("window", "For occlusion of pictures: side of the square that is covered, in pixels; an eighth of the picture's shorter side when left out.", min: 1, max: 4096, nullable: true),
        Arg.Integer("stride", "For occlusion of pictures: pixels from one square to the next; half a window when left out.", min: 1, max: 4096, nullable: true),
        Arg.Integer("seed", "Of the noise.", 0, min: 0),
    ];

    /// <summary>The body of POST /checkpoints/{id}/explain.</summary>
    public static IReadOnlyList<ArgumentSpec> All { get; } =
    [
        new("input", ArgumentKind.Json, "One sample, as predict takes it.") { Nullable = true },
        Arg.Text("dataset", "In its place: name of a dataset; the one that it was trained on when only row is given.") with { Nullable = true },
        new("part", ArgumentKind.Choice, "Which rows of the dataset.") { Choices = ["train", "validation", "test"], Default = "train" },
        Arg.Integer("row", "Which of these, as the dataset's preview numbers them, from 0.", min: 0, nullable: true),
        .. Options,
    ];
}
