using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers;

/// <summary>y = gamma · (x - mean) / √(variance + ε) + beta, for each feature over the batch, for each channel over the batch and all pixels.</summary>
/// <remarks>
/// x, y: [features] or [..., channels]; gamma, beta, moving_mean, moving_variance: [features]. In training the batch's mean and biased variance; in inference, and when
/// the layer is frozen, the moving ones. Ioffe, Szegedy 2015, arXiv:1502.03167; constants and bookkeeping as Keras.
/// </remarks>
public sealed class BatchNormalization(float momentum, float epsilon, int axis, bool center, bool scale, BatchNormInitializers initializers) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("batch_normalization", a => new BatchNormalization(
        a.Single("momentum"), a.Single("epsilon"), a.Integer("axis"), a.Flag("center"), a.Flag("scale"), BatchNormInitializers.From(a)))
    {
        KerasName = "BatchNormalization",
        Summary = "Standardizes each feature over the batch, then scales and shifts it by two learned numbers.",
        Advice = "Put it before or after the activation of each hidden layer of a deep network; the layer before it needs no bias.",
        Source = "Ioffe, Szegedy 2015, arXiv:1502.03167",
        Arguments =
        [
            Arg.Number("momentum", "How slowly the moving statistics move.", 0.99, min: 0, max: 1),
            Arg.Number("epsilon", "Added to the variance.", 0.001, min: 0, max: 1, minExclusive: true),
            Arg.Integer("axis", "The axis of the features; only the last one, as -1 or counted with the batch as axis 0.", -1, min: -1, max: 8),
            Arg.Flag("center", "Learn beta.", true),
            Arg.Flag("scale", "Learn gamma.", true),
            .. BatchNormInitializers.Arguments,
        ],
    };

    public override string TypeName => "batch_normalization";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape input = Single(inputs);
        return input.Rank > 0 && (axis == -1 || axis == input.Rank)
            ? input
            : throw new LayerShapeException($"normalizes along the last axis (-1 or {input.Rank}) only, not {axis}; its input is {input}.");
    }

    public override IReadOnlyList<ParameterSpec> Parameters(IReadOnlyList<Shape> inputs)
    {
        Shape features = new(inputs[0][-1]);
        List<ParameterSpec> specs = [];
        if (scale) specs.Add(initializers.GammaRules.On(new("gamma", features, initializers.Gamma, true, ParameterLayout.Flat)));
        if (center) specs.Add(initializers.BetaRules.On(new("beta", features, initializers.Beta, true, ParameterLayout.Flat)));
        specs.Add(new("moving_mean", features, initializers.Mean, false, ParameterLayout.Flat));
        specs.Add(new("moving_variance", features, initializers.Variance, false, ParameterLayout.Flat));
        return specs;
    }

    public override long Flops(IReadOnlyList<Shape> inputs) => 4 * inputs[0].Size;

    public override Value Build(LayerBuild build)
    {
        Parameter? gamma = scale ? build.Parameter("gamma") : null, beta = center ? build.Parameter("beta") : null;
        Parameter mean = build.Parameter("moving_mean"), variance = build.Parameter("moving_variance");
        BatchNormTensors tensors = new(gamma, beta, mean, variance, momentum, epsilon)
        {
            Buffers = [.. new[] { gamma, beta, mean, variance }.OfType<Parameter>().Select(build.BufferOf)],
        };
        // With momentum 1 the moving statistics keep all of themselves.
        if (!build.Training) tensors = tensors with { Momentum = 1, Learns = false };
        if (build.Folding?.TryNormalize(build.Input, tensors) == true) return build.Input;
        if (build.Input.Shape.Rank > 1) return BatchNormalizationOfImages.Build(build, tensors);
        Value input = build.Input;
        Value output = input with { Buffer = build.NewBuffer("output", input.Buffer.RowLength) };
        if (build.NormalizesByBatch) Train(build, input, output, tensors);
        else UseMoving(build, input, output, tensors);
        return output;
    }

    private static void Train(LayerBuild build, Value input, Value output, BatchNormTensors tensors)
    {
        PlanBuffer statistics = build.NewMatrix("statistics", 2, input.Buffer.RowLength);
        build.Add(new BatchNormTrainStep(input.Buffer, output.Buffer, statistics, tensors));
        if (!tensors.HasGradient && !build.NeedsGradient(input)) return;
        build.MarkNeedsGradient(output);
        build.OnBackward(() =>
        {
            if (build.GradientOf(output) is not { } dy) return;
            (PlanBuffer? dx, bool accumulate) = build.NeedsGradient(input) ? build.GradientFor(input) : (null!, false);
            build.Add(new BatchNormGradientStep(input.Buffer, dy, dx, accumulate, statistics, tensors, build.BufferOf, build.Updates!));
        });
    }

    private static void UseMoving(LayerBuild build, Value input, Value output, BatchNormTensors tensors)
    {
        build.Add(new BatchNormFixedStep(input.Buffer, output.Buffer, tensors));
        if (!build.NeedsGradient(input)) return;
        build.MarkNeedsGradient(output);
        build.OnBackward(() =>
        {
            if (build.GradientOf(output) is not { } dy) return;
            (PlanBuffer dx, bool accumulate) = build.GradientFor(input);
            build.Add(new BatchNormFixedGradientStep(dy, dx, tensors, accumulate));
        });
    }
}
