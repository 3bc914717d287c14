using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Normalization;

/// <summary>y = (x - mean) / max(√variance, 1e-7) with the mean and the (biased) variance of the training data; or the other way round.</summary>
/// <remarks>
/// x, y: any shape; mean, variance: the sizes of the kept axes. They are worked out over the training rows before training, as Keras's adapt does, and
/// are weights of the network from then on.
/// </remarks>
public sealed class FeatureNormalization : Layer, IFitted
{
    private const float LeastDeviation = 1e-7f;

    private readonly IReadOnlyList<long>? _axis;
    private readonly IReadOnlyList<double>? _mean;
    private readonly IReadOnlyList<double>? _variance;
    private readonly bool _invert;

    private FeatureNormalization(Arguments a)
    {
        _axis = a.Has("axis") ? a.Integers("axis") : null;
        _mean = a.Has("mean") ? a.Numbers("mean") : null;
        _variance = a.Has("variance") ? a.Numbers("variance") : null;
        _invert = a.Flag("invert");
        if (_mean is null != _variance is null) throw new ArgumentConflictException(_mean is null ? "variance" : "mean", "Give both mean and variance, or neither.");
    }

    public static ComponentDescriptor<Layer> Descriptor { get; } = new("normalization", a => new FeatureNormalization(a))
    {
        KerasName = "Normalization",
        Summary = "Standardizes each feature by its mean and variance over the training data, fitted before training.",
        Advice = "First in a network, when inputs have different scales; SELU requires it. dataset.preprocess does the same outside of the network.",
        Source = "Keras Normalization",
        Arguments =
        [
            Arg.Integers("axis", "Axes that have a mean and variance for each index, the batch counted as axis 0; null for one of all numbers.", [-1], min: -8, max: 8, nullable: true),
            Arg.Numbers("mean", "Means, when they are known: one for each feature, or one for all. Fitted when left out.") with { Nullable = true, Count = (1, 1 << 20) },
            Arg.Numbers("variance", "Variances, when they are known.", min: 0) with { Nullable = true, Count = (1, 1 << 20) },
            Arg.Flag("invert", "Undo it: y = x · √variance + mean.", false),
        ],
    };

    public override string TypeName => "normalization";

    /// <inheritdoc/>
    public bool NeedsFit => _mean is null;

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape input = Single(inputs);
        _ = AxesOf(input);
        return input;
    }

    public override IReadOnlyList<ParameterSpec> Parameters(IReadOnlyList<Shape> inputs)
    {
        Shape shape = new([.. AxesOf(inputs[0]).Select(axis => inputs[0][axis])]);
        return
        [
            new("mean", shape, _mean is null ? new Constant(0) : new GivenValues(_mean), false, ParameterLayout.Flat),
            new("variance", shape, _variance is null ? new Constant(1) : new GivenValues(_variance), false, ParameterLayout.Flat),
        ];
    }

    public override long Flops(IReadOnlyList<Shape> inputs) => 2 * inputs[0].Size;

    public override unsafe Value Build(LayerBuild build)
    {
        Value x = build.Compact(build.Input), y = x with { Buffer = build.NewBuffer("output", x.Buffer.RowLength) };
        Parameter meanTensor = build.Parameter("mean"), varianceTensor = build.Parameter("variance");
        PlanBuffer[] whole = [build.BufferOf(meanTensor), build.BufferOf(varianceTensor)];
        int[] which = IndexMap.Of(x.Shape, AxesOf(x.Shape));
        float* means = meanTensor.Values, variances = varianceTensor.Values;
        bool invert = _invert;
        build.Add(new RowStep("normalization", [x.Buffer], [y.Buffer], (row, _, _) =>
        {
            float* from = x.Buffer.Row(row), to = y.Buffer.Row(row);
            for (int i = 0; i < which.Length; i++)
            {
                float mean = means[which[i]], deviation = Deviation(variances[which[i]]);
                to[i] = invert ? (from[i] * deviation) + mean : (from[i] - mean) / deviation;
            }

            RowStep.End(y.Buffer, row);
        })
        { Whole = whole, Weight = 4 });
        build.PassBack(x, y, (dy, dx, accumulate) => new RowStep("normalization'", [dy, dx], [dx], (row, _, _) =>
        {
            RowStep.Begin(dx, row, accumulate);
            float* gradient = dy.Row(row), to = dx.Row(row);
            for (int i = 0; i < which.Length; i++)
            {
                float deviation = Deviation(variances[which[i]]);
                to[i] += invert ? gradient[i] * deviation : gradient[i] / deviation;
            }
        })
        { Whole = whole, Weight = 4 });
        return y;
    }

    /// <inheritdoc/>
    public IFit Begin(Shape input) => new Fit(IndexMap.Of(input, AxesOf(input)));

    private static float Deviation(float variance) => MathF.Max(MathF.Sqrt(variance), LeastDeviation);

    private int[] AxesOf(Shape input) => _axis is null ? [] : IndexMap.Axes(_axis, input.Rank)
        ?? throw new LayerShapeException($"keeps the axes [{string.Join(", ", _axis)}], which its input {input} does not have.");

    /// <summary>Welford's update, so that a large mean costs no digits.</summary>
    private sealed class Fit(int[] which) : IFit
    {
        private readonly double[] _mean = new double[which.Max() + 1];
        private readonly double[] _squares = new double[which.Max() + 1];
        private readonly long[] _count = new long[which.Max() + 1];

        public void Add(ReadOnlySpan<float> row)
        {
            for (int i = 0; i < which.Length; i++)
            {
                int feature = which[i];
                double difference = row[i] - _mean[feature];
                _mean[feature] += difference / ++_count[feature];
                _squares[feature] += difference * (row[i] - _mean[feature]);
            }
        }

        public IReadOnlyDictionary<string, float[]> Finish() => new Dictionary<string, float[]>(StringComparer.Ordinal)
        {
            ["mean"] = [.. _mean.Select(m => (float)m)],
            ["variance"] = [.. _squares.Select((s, i) => (float)(s / Math.Max(_count[i], 1)))],
        };
    }
}
