using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.Regularizers;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers;

/// <summary>y = row number x of a learned table, for each number of the input.</summary>
/// <remarks>x: any shape of whole numbers from 0 to input_dim - 1; embeddings: [input_dim, output_dim]; y: [..., output_dim].</remarks>
public sealed class Embedding(int rows, int length, Initializer initializer, TensorRules rules, Regularizer? activityRegularizer) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("embedding", Make)
    {
        KerasName = "Embedding",
        Summary = "Looks each whole number up in a table of learned vectors.",
        Advice = "For words, products, postcodes and other ids; a vector of about the fourth root of their number is a start.",
        Source = "Bengio et al. 2003, JMLR 3; Keras Embedding",
        Arguments =
        [
            Arg.Integer("input_dim", "Rows of the table: the largest number plus one.", min: 1, max: 1 << 26, required: true),
            Arg.Integer("output_dim", "Numbers in a row.", min: 1, max: 1 << 16, required: true),
            Arg.Component("embeddings_initializer", "initializer", "Start values of the table.", "random_uniform"),
            .. TensorRules.Arguments("embeddings", "the table"),
            Arg.Component("activity_regularizer", "regularizer", "Penalty on the layer's output, divided by the rows of the batch.", nullable: true),
            new("mask_zero", ArgumentKind.Flag, "Masks are not supported: only false.") { Default = false },
            Arg.Integer("input_length", "As old Keras writes it; not needed.", min: 1, nullable: true),
        ],
    };

    private static Embedding Make(Arguments a) => a.Flag("mask_zero")
        ? throw new ArgumentConflictException("mask_zero", "Masks are not supported: leave it false, and pool over the steps.")
        : new Embedding(a.Integer("input_dim"), a.Integer("output_dim"), a.Component<Initializer>("embeddings_initializer"), TensorRules.From(a, "embeddings"), WeightRules.OnActivity(a));

    /// <summary>The largest number that it takes, plus one.</summary>
    public int Rows => rows;

    public override string TypeName => "embedding";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape output = new([.. Single(inputs).Axes, length]);
        return output.Size <= int.MaxValue ? output : throw new OverflowException();
    }

    public override IReadOnlyList<ParameterSpec> Parameters(IReadOnlyList<Shape> inputs)
        => [rules.On(new("embeddings", new Shape(rows, length), initializer, true, new TableRows()))];

    public override unsafe Value Build(LayerBuild build)
    {
        Value x = build.Compact(build.Input), y = build.NewValue("output", build.OutputShape);
        Parameter table = build.Parameter("embeddings");
        PlanBuffer tableBuffer = build.BufferOf(table);
        int stride = Padding.Up(length), count = x.Buffer.RowLength, last = rows - 1;
        float* values = table.Values;
        build.Add(new RowStep("look up", [x.Buffer], [y.Buffer], (row, _, _) =>
        {
            float* numbers = x.Buffer.Row(row), to = y.Buffer.Row(row);
            for (int i = 0; i < count; i++)
                new ReadOnlySpan<float>(values + ((long)TableRows.Index(numbers[i], last) * stride), y.ChannelStride).CopyTo(new Span<float>(to + ((long)i * y.ChannelStride), y.ChannelStride));
            if (y.Shape.Rank == 1) RowStep.End(y.Buffer, row);
        })
        { Whole = [tableBuffer], Weight = 0.25 });
        if (build.Training)
        {
            build.MarkNeedsGradient(y);
            build.OnBackward(() =>
            {
                if (build.GradientOf(y) is not { } dy) return;
                // The places of the batch by the part of the table that they look up, so that each part finds its own.
                EmbeddingBuckets buckets = new(x.Buffer.Rows * count, rows);
                PlanBuffer sorted = build.NewMatrix("order", 1, Padding.Width);
                build.Add(new EmbeddingOrderStep(x.Buffer, count, last, buckets, sorted));
                build.Add(new EmbeddingGradientStep(dy, y.ChannelStride, length, table, tableBuffer, build.Updates!, buckets, sorted));
            });
        }

        return activityRegularizer is null ? y : build.Penalized(y, activityRegularizer);
    }
}

/// <summary>A table whose rows begin at multiples of 16 floats.</summary>
internal sealed unsafe class TableRows : ParameterLayout
{
    public override long PaddedLength(Shape shape) => Padding.Up(shape[-1]) * (shape.Size / shape[-1]);

    public override void Write(Shape shape, ReadOnlySpan<float> canonical, float* packed)
    {
        int length = shape[-1], stride = Padding.Up(length);
        for (long r = 0; r < shape.Size / length; r++) canonical.Slice((int)(r * length), length).CopyTo(new Span<float>(packed + (r * stride), length));
    }

    public override void Read(Shape shape, float* packed, Span<float> canonical)
    {
        int length = shape[-1], stride = Padding.Up(length);
        for (long r = 0; r < shape.Size / length; r++) new ReadOnlySpan<float>(packed + (r * stride), length).CopyTo(canonical.Slice((int)(r * length), length));
    }

    /// <summary>The row that a number names; one beyond the table, which is checked before training, would name the nearest.</summary>
    public static int Index(float number, int last) => number >= last ? last : number > 0 ? (int)number : 0;
}
