using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Inference;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Plan.Inference;

/// <summary>Plans that only predict, with layers folded into those before them, against the same network layer by layer.</summary>
public sealed class FoldingTests
{
    private static readonly Shape Image = new(11, 9, 5), Features = new(23);

    private const string Pointwise = """{"type": "conv2d", "filters": 24, "kernel_size": 1, "use_bias": false}""";
    private const string Depthwise = """{"type": "depthwise_conv2d", "kernel_size": 3, "padding": "same", "use_bias": false}""";
    private const string Halving = """{"type": "depthwise_conv2d", "kernel_size": 3, "strides": 2, "padding": "same"}""";
    private const string Relu6 = """{"type": "relu", "max_value": 6}""";

    /// <summary>Layers, whether they are images, and how many steps are left, copies at both ends not counted.</summary>
    public static TheoryData<string, bool, int> Stacks => new()
    {
        { """[{"type": "conv2d", "filters": 20, "kernel_size": 3, "activation": "relu"}]""", true, 1 },
        { """[{"type": "conv2d", "filters": 20, "kernel_size": 3, "strides": 2, "padding": "same"}, "batch_normalization", "relu"]""", true, 1 },
        { $"""[{Pointwise}, "batch_normalization", {Relu6}, {Depthwise}, "batch_normalization", {Relu6}, {Pointwise}, "batch_normalization"]""", true, 2 },
        { $"""[{Pointwise}, "relu", {Halving}, "batch_normalization", {Relu6}, {Pointwise}]""", true, 2 },
        { $"""[{Depthwise}, "batch_normalization", {Depthwise}]""", true, 3 },
        { """[{"type": "separable_conv2d", "filters": 5, "kernel_size": 3, "depth_multiplier": 2}, {"type": "separable_conv2d", "filters": 7, "kernel_size": 3}]""", true, 3 },
        { """[{"type": "depthwise_conv2d", "kernel_size": 5, "padding": "same"}, "batch_normalization", "relu"]""", true, 2 },
        { """[{"type": "conv2d", "filters": 32, "kernel_size": 3, "groups": 1}, "batch_normalization", "elu", "batch_normalization"]""", true, 3 },
        { """[{"type": "zero_padding2d"}, {"type": "conv2d", "filters": 30, "kernel_size": 3, "groups": 5}, "batch_normalization", "relu"]""", true, 4 },
        { """[{"type": "conv2d_transpose", "filters": 6, "kernel_size": 3, "strides": 2}, "batch_normalization", "global_average_pooling2d", {"type": "dense", "units": 3}]""", true, 4 },
        { """["batch_normalization", {"type": "dense", "units": 40, "use_bias": false}, "batch_normalization", "relu", {"type": "dropout", "rate": 0.5}, {"type": "dense", "units": 4, "activation": "softmax"}]""", false, 4 },
        { """[{"type": "dense", "units": 40, "activation": "relu"}, "batch_normalization", {"type": "dense", "units": 4, "activation": "tanh", "activity_regularizer": "l2"}]""", false, 5 },
    };

    [Theory]
    [MemberData(nameof(Stacks))]
    public void Folded_stacks_give_the_same(string layers, bool image, int steps) => Check(Parts.Layers(layers), image ? Image : Features, steps);

    [Fact]
    public void A_shortcut_is_added_by_the_convolution_that_is_done_last()
        => Check(Graph(("a", Pointwise, "in"), ("b", "batch_normalization", "a"), ("c", Pointwise, "b"), ("d", "batch_normalization", "c"), ("sum", "add", "d b"), ("out", "relu", "sum")), Image, 2);

    [Fact]
    public void Both_sides_of_a_shortcut_may_be_convolutions()
        => Check(Graph(("a", Pointwise, "in"), ("an", "batch_normalization", "a"), ("b", Pointwise, "in"), ("bn", "batch_normalization", "b"), ("sum", "add", "an bn"), ("out", "relu", "sum")), Image, 2);

    [Fact]
    public void A_whole_inverted_residual_is_one_step()
        => Check(Graph(("first", Pointwise, "in"), ("wide", Pointwise, "first"), ("n", "batch_normalization", "wide"), ("depth", Depthwise, "n"), ("narrow", Pointwise, "depth"), ("sum", "add", "first narrow")), Image, 2);

    [Fact]
    public void Large_images_are_worked_on_in_tiles_with_the_same_endings()
    {
        const string Wide = """{"type": "conv2d", "filters": 64, "kernel_size": 3, "padding": "same"}""";
        LayerNode[] nodes = Graph(("a", Wide, "in"), ("b", Wide, "a"), ("c", "batch_normalization", "b"), ("sum", "add", "c a"), ("out", "relu", "sum"));
        Check(nodes, new Shape(23, 26, 64), 2, 3e-5);
        using NetworkState state = Random(Network.Build(nodes, new Shape(23, 26, 64), "in"));
        using RowPlan plan = new(state, 2);
        plan.Steps.OfType<EndedWinogradStep>().Count().ShouldBe(2, string.Join(", ", plan.Steps));
    }

    [Fact]
    public void What_others_read_stays_as_it_was_made()
        => Check(Graph(("a", Pointwise, "in"), ("b", "relu", "a"), ("c", "batch_normalization", "a"), ("sum", "add", "b c"), ("twice", "add", "sum sum")), Image, 5);

    [Fact]
    public void A_widened_image_that_is_also_added_is_kept()
        => Check(Graph(("a", Pointwise, "in"), ("depth", Depthwise, "a"), ("narrow", Pointwise, "depth"), ("sum", "add", "narrow a")), Image, 2);

    [Fact]
    public void Weights_are_taken_as_they_are_at_each_call()
    {
        Network network = Network.Build(Parts.Layers($"""[{Pointwise}, "batch_normalization"]"""), Image);
        using NetworkState state = Random(network);
        using ComputePool pool = new(1);
        using ComputeTeam team = pool.Lease(1);
        using InferenceSession session = new(state, 1, team);
        float[] before = new float[network.OutputShape.Size], after = new float[network.OutputShape.Size];
        TestRows rows = TestRows.Normal(1, (int)Image.Size, 3);
        session.Predict(rows, [0], before);
        state.Find("l1/beta")!.Write([.. Enumerable.Repeat(100f, 24)]);
        session.Predict(rows, [0], after);
        after.Average().ShouldBe(100, 5);
        before.Average().ShouldBe(0, 5);
    }

    [Fact]
    public void Predicting_allocates_nothing()
    {
        Network network = Network.Build(Parts.Layers($"""[{Pointwise}, "batch_normalization", {Relu6}, {Depthwise}, {Pointwise}, "flatten", "batch_normalization", {Dense()}, "softmax"]"""), Image);
        using NetworkState state = Random(network);
        using ComputePool pool = new(1);
        using ComputeTeam team = pool.Lease(1);
        using InferenceSession session = new(state, 3, team);
        TestRows rows = TestRows.Normal(7, (int)Image.Size, 3);
        int[] order = [.. Enumerable.Range(0, 7)];
        float[] outputs = new float[7 * network.OutputShape.Size];
        for (int i = 0; i < 200; i++) session.Predict(rows, order, outputs);
        // Code that the runtime has not optimized yet boxes here and there; on a busy machine it comes round to it late.
        long allocated = long.MaxValue;
        for (int round = 0; round < 100 && allocated > 0; round++)
        {
            if (round > 0) Thread.Sleep(20);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 20; i++) session.Predict(rows, order, outputs);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        allocated.ShouldBe(0);
    }

    private static string Dense() => """{"type": "dense", "units": 4}""";

    private static LayerNode[] Graph(params (string Name, string Layer, string Inputs)[] nodes) =>
        [.. nodes.Select(n => Parts.Layers($"[{(n.Layer.StartsWith('{') ? n.Layer : $"\"{n.Layer}\"")}]")[0] with { Name = n.Name, Inputs = n.Inputs.Split(' ') })];

    private static NetworkState Random(Network network)
    {
        NetworkState state = new(network);
        state.Initialize(3);
        // Statistics and biases that are not what they start as.
        Random random = new(1);
        foreach (Parameter p in state.Parameters.Where(p => p.Shape.Rank == 1))
            p.Write([.. Enumerable.Range(0, (int)p.Shape.Size).Select(_ => random.NextSingle() + (p.Name.EndsWith("mean", StringComparison.Ordinal) ? -0.5f : 0.5f))]);
        return state;
    }

    private static void Check(IReadOnlyList<LayerNode> layers, Shape input, int steps, double tolerance = 1e-5)
    {
        const int Batch = 5;
        Network network = Network.Build(layers, input, "in");
        using NetworkState state = Random(network);
        TestRows rows = TestRows.Normal(Batch, (int)input.Size, 9);
        int[] order = [3, 1, 4, 0, 2];
        float[] expected = LayerByLayer(state, rows, order);
        foreach (int threads in (int[])[1, 2, 3])
        {
            using ComputePool pool = new(threads);
            using ComputeTeam team = pool.Lease(threads);
            foreach (int batch in (int[])[1, 2, Batch])
            {
                using InferenceSession session = new(state, batch, team);
                float[] outputs = new float[Batch * network.OutputShape.Size];
                session.Predict(rows, order, outputs);
                for (int i = 0; i < outputs.Length; i++) outputs[i].ShouldBe(expected[i], tolerance * (1 + Math.Abs(expected[i])), $"number {i}, {threads} threads, {batch} rows");
            }
        }

        using RowPlan plan = new(state, 2);
        plan.Allocate(null);
        plan.Steps.Count(s => s is not GatherStep and not RepackStep).ShouldBe(steps, string.Join(", ", plan.Steps));
    }

    private static float[] LayerByLayer(NetworkState state, RowSource rows, int[] order)
    {
        using ComputePool pool = new(1);
        using ComputeTeam team = pool.Lease(1);
        using StepContext context = new(order.Length) { Inputs = rows };
        using ExecutionPlan plan = ExecutionPlan.ForInference(state, order.Length, dropout: false, context, team);
        order.CopyTo(context.Rows, 0);
        plan.Run(team);
        return [.. Enumerable.Range(0, order.Length).SelectMany(r => plan.OutputRow(r)[..(int)state.Network.OutputShape.Size].ToArray())];
    }
}
