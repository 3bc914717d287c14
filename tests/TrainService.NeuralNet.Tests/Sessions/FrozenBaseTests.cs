using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Plan.Inference;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Sessions;

/// <summary>Networks whose lower layers are frozen: their values are worked out by plans that only predict, and kept.</summary>
public sealed class FrozenBaseTests
{
    private const string Base = """
        {"type": "conv2d", "filters": 16, "kernel_size": 3}, "batch_normalization", "relu", {"type": "depthwise_conv2d", "kernel_size": 3, "padding": "same"},
        "global_average_pooling2d"
        """;

    private const string Head = """{"type": "dense", "units": 12, "activation": "relu"}, {"type": "dropout", "rate": 0.2}, {"type": "dense", "units": 4, "activation": "softmax"}""";

    private static readonly Shape Image = new(9, 8, 3);

    private static readonly TestRows Inputs = TestRows.Normal(50, (int)Image.Size, 1), Targets = TestRows.Classes(50, 4, 2);

    [Theory]
    [InlineData(5, Base, Head)]
    // Noise in the base makes inputs vary from there on.
    [InlineData(2, """{"type": "conv2d", "filters": 16, "kernel_size": 3}, "batch_normalization", {"type": "gaussian_noise", "stddev": 0.1}, "flatten" """, Head)]
    // Layers without parameters above the base belong to it.
    [InlineData(2, """{"type": "conv2d", "filters": 4, "kernel_size": 3}""", """ "flatten", {"type": "dense", "units": 4, "activation": "softmax"}""")]
    public void The_fixed_part_ends_where_something_learns_or_is_random(int layers, string frozen, string learned)
    {
        using NetworkState state = new(Network.Build(Layers(frozen, learned), Image));
        FixedPart part = FixedPart.Of(state)!;
        part.Layers.Order().ShouldBe(Enumerable.Range(0, layers));
        part.Cut.ShouldBe([layers - 1]);
    }

    [Theory]
    [InlineData(Base, Head, 16)]
    [InlineData("""{"type": "conv2d", "filters": 20, "kernel_size": 3}, {"type": "gaussian_noise", "stddev": 0.1}""", """{"type": "conv2d", "filters": 4, "kernel_size": 3}, "flatten", {"type": "dense", "units": 4}""", 7 * 6 * 32)]
    [InlineData("""{"type": "conv2d", "filters": 20, "kernel_size": 3}, "relu" """, """{"type": "conv2d", "filters": 4, "kernel_size": 3}, "flatten", {"type": "dense", "units": 4}""", 7 * 6 * 32)]
    [InlineData("\"flatten\"", Head, 0)]
    public void What_it_will_keep_is_known_from_the_network_alone(string frozen, string learned, int floats)
    {
        Network network = Network.Build(Layers(frozen, learned), Image);
        KeptFeatures.Bytes(network, 10).ShouldBe(10.0 * floats * sizeof(float));
        KeptFeatures.Bytes(network, 1e15).ShouldBe(floats == 0 ? 0 : FixedFeatures.DefaultMemory);
        using NetworkState state = new(network);
        if (FixedFeatures.Of(state, 4, 1, 0) is not { } features) return;
        features.Outputs.Sum(v => (long)v.Buffer.Stride).ShouldBeLessThanOrEqualTo(Math.Max(floats, 16));
        features.Dispose();
    }

    [Fact]
    public void There_is_none_without_frozen_parameters_or_without_anything_that_learns()
    {
        using NetworkState free = new(Network.Build(Parts.Layers($"[\"flatten\", {Head}]"), Image));
        FixedPart.Of(free).ShouldBeNull();
        using NetworkState fixedWhole = new(Network.Build([.. Parts.Layers($"[{Base}]").Select(n => n with { Trainable = false })], Image));
        FixedPart.Of(fixedWhole).ShouldBeNull();
    }

    [Fact]
    public void Several_values_may_be_read_from_it()
    {
        LayerNode[] nodes =
        [
            Node("a", """{"type": "conv2d", "filters": 16, "kernel_size": 1}""", "in") with { Trainable = false },
            Node("b", """{"type": "conv2d", "filters": 16, "kernel_size": 1}""", "a") with { Trainable = false },
            Node("c", """{"type": "conv2d", "filters": 16, "kernel_size": 1}""", "b"),
            Node("sum", "\"add\"", "c a"), Node("pool", "\"global_average_pooling2d\"", "sum"), Node("out", """{"type": "dense", "units": 4, "activation": "softmax"}""", "pool"),
        ];
        using NetworkState state = new(Network.Build(nodes, Image, "in"));
        FixedPart.Of(state)!.Cut.ShouldBe([0, 1]);
        Run(nodes, 0).ShouldBe(Run(nodes, null));
    }

    [Fact]
    public void Neither_threads_nor_what_is_kept_changes_a_bit()
    {
        LayerNode[] nodes = Layers(Base, Head);
        string expected = Run(nodes, 0);
        // Nothing, one row, some rows, all rows.
        foreach (long memory in (long[])[0, 64, 20 * 64, 1 << 20])
            foreach (int threads in (int[])[1, 2, 3, 4])
                Run(nodes, memory, threads).ShouldBe(expected, $"{memory} bytes, {threads} threads");
    }

    [Fact]
    public void Batch_normalization_may_learn_right_above_it()
    {
        LayerNode[] nodes = Layers("""{"type": "conv2d", "filters": 16, "kernel_size": 3}""", """ "batch_normalization", "relu", "flatten", {"type": "dense", "units": 4, "activation": "softmax"}""");
        Run(nodes, 0).ShouldBe(Run(nodes, null, 2));
    }

    [Fact]
    public void It_learns_as_with_the_frozen_layers_in_the_plan()
    {
        // Noise of nothing worth mentioning at the bottom keeps the frozen layers in the plan.
        LayerNode[] nodes = Layers(Base, Head.Replace("0.2", "0", StringComparison.Ordinal)), layered =
            [Node("noise", """{"type": "gaussian_noise", "stddev": 1e-12}""", "in"), .. nodes.Select((n, i) => i == 0 ? n with { Inputs = ["noise"] } : n)];
        using Job folded = new(nodes, null, 1), plain = new(layered, null, 1);
        folded.Steps(20);
        plain.Steps(20);
        foreach (Parameter p in folded.State.Parameters) Forwarded(p).Zip(Forwarded(plain.State.Find(p.Name)!)).ShouldAllBe(v => Math.Abs(v.First - v.Second) < 1e-4);
    }

    [Fact]
    public void A_run_taken_up_again_ends_in_the_same_bits()
    {
        LayerNode[] nodes = Layers(Base, Head);
        using Job straight = new(nodes, null, 1), first = new(nodes, null, 2), second = new(nodes, null, 1);
        straight.Steps(10);
        first.Steps(5);
        second.TakeUp(first);
        second.Steps(5);
        second.Bits().ShouldBe(straight.Bits());
    }

    [Fact]
    public void Other_inputs_or_other_weights_are_not_mistaken_for_those_that_were_kept()
    {
        LayerNode[] nodes = Layers(Base, Head);
        TestRows others = TestRows.Normal(50, (int)Image.Size, 77);
        string Run(long? memory)
        {
            using Job job = new(nodes, memory, 1);
            job.Steps(5);
            job.Steps(5, others);
            job.Steps(5);
            job.State.Find("l1/beta")!.Write([.. Enumerable.Repeat(0.5f, 16)]);
            job.Steps(5);
            return job.Bits();
        }

        Run(null).ShouldBe(Run(0));
    }

    [Fact]
    public void Inputs_that_vary_are_never_kept()
    {
        using FeatureStore store = new(16, 1 << 20);
        store.Prepare(new Varying(), 1, 10);
        unsafe
        {
            (store.Reserve(out _) == null).ShouldBeTrue();
            (store.Find(0) == null).ShouldBeTrue();
            store.Prepare(Inputs, 1, 10);
            (store.Reserve(out int slot) == null).ShouldBeFalse();
            store.Publish(3, slot);
            (store.Find(3) == null).ShouldBeFalse();
            store.Prepare(Inputs, 2, 10);
            (store.Find(3) == null).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using Job job = new(Layers(Base, Head), 20 * 64, 1);
        job.Steps(200);
        long allocated = long.MaxValue;
        for (int round = 0; round < 100 && allocated > 0; round++)
        {
            if (round > 0) Thread.Sleep(20);
            long before = GC.GetAllocatedBytesForCurrentThread();
            job.Steps(20);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        allocated.ShouldBe(0);
    }

    [Fact]
    public void Validation_gives_the_same_figures_with_what_is_kept()
    {
        using Job job = new(Layers(Base, Head), null, 2);
        Loss loss = Parts.Of<Loss>("loss", "sparse_categorical_crossentropy");
        int[] rows = [.. Enumerable.Range(0, 50)];
        using InferenceSession plain = new(job.State, 16, job.Team), keeping = new(job.State, 16, job.Team, featureMemory: 1 << 20), tight = new(job.State, 16, job.Team, featureMemory: 20 * 64);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            job.Steps(3);
            double expected = plain.Evaluate(Inputs, Targets, default, rows, loss, []).Loss, kept = keeping.Evaluate(Inputs, Targets, default, rows, loss, []).Loss;
            kept.ShouldBe(expected, 1e-6);
            tight.Evaluate(Inputs, Targets, default, rows, loss, []).Loss.ShouldBe(kept);
        }
    }

    private static string Run(LayerNode[] nodes, long? memory, int threads = 1)
    {
        using Job job = new(nodes, memory, threads);
        job.Steps(12);
        return job.Bits();
    }

    private static LayerNode[] Layers(string frozen, string learned)
    {
        int count = Parts.Layers($"[{frozen}]").Length;
        return [.. Parts.Layers($"[{frozen}, {learned}]").Select((n, i) => i < count ? n with { Trainable = false } : n)];
    }

    private static LayerNode Node(string name, string layer, string inputs) => Parts.Layers($"[{layer}]")[0] with { Name = name, Inputs = inputs.Split(' ') };

    private static float[] Forwarded(Parameter p)
    {
        float[] values = new float[p.Shape.Size];
        p.Read(values);
        return values;
    }

    private sealed class Varying : RowSource
    {
        public override int Count => 50;

        public override int RowLength => 1;

        public override bool Varies => true;

        public override void CopyRow(int row, Span<float> destination) => destination.Clear();
    }

    /// <summary>A network in training.</summary>
    private sealed class Job : IDisposable
    {
        private readonly ComputePool _pool;
        private readonly TrainingSession _session;
        private readonly int[] _rows = new int[12];

        public Job(LayerNode[] nodes, long? memory, int threads)
        {
            State = new NetworkState(Network.Build(nodes, Image, "in"));
            State.Initialize(4);
            _pool = new ComputePool(threads);
            Team = _pool.Lease(threads);
            _session = new TrainingSession(State, new TrainingOptions
            {
                Loss = Parts.Of<Loss>("loss", "sparse_categorical_crossentropy"), Optimizer = Parts.Of<Optimizer>("optimizer", "adam"), BatchSize = 12, Seed = 3, FeatureMemory = memory,
            }, Team);
        }

        public NetworkState State { get; }

        public ComputeTeam Team { get; }

        public void Steps(int count, TestRows? inputs = null)
        {
            for (int i = 0; i < count; i++)
            {
                for (int r = 0; r < _rows.Length; r++) _rows[r] = (int)(((_session.Iterations * _rows.Length) + r) * 7 % Inputs.Count);
                // Every third batch has fewer rows.
                _session.Step(inputs ?? Inputs, Targets, default, _rows.AsSpan(0, _session.Iterations % 3 == 2 ? 5 : 12), 0.01f);
            }
        }

        public void TakeUp(Job other)
        {
            foreach (Parameter p in other.State.Parameters) State.Find(p.Name)!.Write(Forwarded(p));
            foreach ((SlotTensor from, SlotTensor to) in other._session.Slots.Tensors.Zip(_session.Slots.Tensors))
            {
                float[] values = new float[from.Parameter.Shape.Size];
                from.Read(values);
                to.Write(values);
            }

            _session.Iterations = other._session.Iterations;
        }

        public string Bits()
            => Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(State.Parameters.SelectMany(Forwarded).ToArray()));

        public void Dispose()
        {
            _session.Dispose();
            Team.Dispose();
            _pool.Dispose();
            State.Dispose();
        }
    }
}
