using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Tests.Sessions;

public sealed class TrainingSessionTests
{
    private const string Plain = """[{"type": "dense", "units": 50, "activation": "relu"}, {"type": "dense", "units": 4, "activation": "softmax"}]""";

    private const string Everything = """
        ["batch_normalization", {"type": "dense", "units": 300, "use_bias": false}, "batch_normalization", {"type": "activation", "activation": "elu"},
         {"type": "dropout", "rate": 0.3}, {"type": "dense", "units": 37, "activation": "selu"}, {"type": "dropout", "rate": 0.1},
         {"type": "dense", "units": 4, "activation": "softmax"}]
        """;

    private const string Images = """
        [{"type": "dense", "units": 252}, {"type": "reshape", "target_shape": [6, 7, 6]}, {"type": "batch_normalization", "momentum": 0.9}, "relu", {"type": "zero_padding2d", "padding": 1},
         {"type": "max_pooling2d", "pool_size": 3, "strides": 2}, "batch_normalization", {"type": "average_pooling2d", "padding": "same"}, {"type": "dropout", "rate": 0.1}, "flatten",
         {"type": "dense", "units": 4, "activation": "softmax"}]
        """;

    private const string Convolutions = """
        [{"type": "reshape", "target_shape": [5, 4, 1]}, {"type": "conv2d", "filters": 24, "kernel_size": 3, "padding": "same", "activation": "relu"},
         {"type": "separable_conv2d", "filters": 18, "kernel_size": 3, "padding": "same", "depth_multiplier": 2},
         {"type": "conv2d", "filters": 8, "kernel_size": 2, "strides": 2, "groups": 2, "activation": "elu"},
         {"type": "conv2d_transpose", "filters": 6, "kernel_size": 3, "strides": 2}, "max_pooling2d",
         {"type": "depthwise_conv2d", "kernel_size": 2}, "flatten", {"type": "dense", "units": 4, "activation": "softmax"}]
        """;

    private const string Tiles = """
        [{"type": "dense", "units": 144}, {"type": "reshape", "target_shape": [12, 12, 1]}, {"type": "conv2d", "filters": 16, "kernel_size": 3, "padding": "same", "use_bias": false},
         "batch_normalization", "relu", {"type": "conv2d", "filters": 32, "kernel_size": 3, "padding": "same", "activation": "relu"}, "max_pooling2d",
         {"type": "depthwise_conv2d", "kernel_size": 3, "padding": "same", "use_bias": false}, "batch_normalization", "relu6", "global_average_pooling2d",
         {"type": "dense", "units": 4, "activation": "softmax"}]
        """;

    private const string Clipped = """{"type": "adam", "learning_rate": 0.01, "global_clipnorm": 0.5}""";

    private const string Gathering = """
        {"type": "adam", "learning_rate": 0.01, "gradient_accumulation_steps": 3, "ema": {"momentum": 0.8, "overwrite_frequency": 2}}
        """;

    private const string GatheringClipped = """{"type": "nadam", "gradient_accumulation_steps": 3, "use_ema": true, "clipnorm": 0.05}""";

    public static TheoryData<string, string> Cases => new()
    {
        { Everything, Gathering },
        { Everything, GatheringClipped },
        { Plain, """{"type": "sgd", "learning_rate": 0.05, "momentum": 0.9, "nesterov": true}""" },
        { Everything, """{"type": "adam", "learning_rate": 0.01}""" },
        { Everything, Clipped },
        { Images, """{"type": "sgd", "learning_rate": 0.05, "momentum": 0.9}""" },
        { Convolutions, Clipped },
        { Convolutions, """{"type": "sgd", "learning_rate": 0.05, "momentum": 0.9}""" },
        { Images, Clipped },
        { Tiles, Clipped },
        { Tiles, """{"type": "sgd", "learning_rate": 0.05, "momentum": 0.9}""" },
        { Everything, """{"type": "sgd", "learning_rate": 0.05, "clipnorm": 0.1}""" },
        { Everything, """{"type": "sgd", "learning_rate": 0.05, "clipvalue": 0.01, "weight_decay": 0.01}""" },
    };

    [Fact]
    public void It_learns()
    {
        using Training training = new(Plain);
        training.Steps(30);
        double before = training.Session.Totals.Loss;
        training.Session.Totals.Reset();
        training.Steps(300);
        training.Session.Totals.Reset();
        training.Steps(30);
        training.Session.Totals.Loss.ShouldBeLessThan(before / 4);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_number_of_threads_changes_no_bit(string layers, string optimizer)
    {
        string Run(int threads)
        {
            using Training training = new(layers, optimizer, threads);
            training.Steps(12);
            return $"{training.Bits()} {BitConverter.DoubleToInt64Bits(training.Session.Totals.LossSum)}";
        }

        string one = Run(1);
        foreach (int threads in (int[])[2, 3, 4]) Run(threads).ShouldBe(one);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Ten_steps_equal_five_saved_and_put_back_and_five_more(string layers, string optimizer)
    {
        using Training straight = new(layers, optimizer);
        straight.Steps(10);
        using Training first = new(layers, optimizer);
        first.Steps(5);
        using Training second = new(layers, optimizer, threads: 2, seed: 1);
        foreach (Parameter p in first.State.Parameters) Copy(p.Shape.Size, p.Read, second.State.Find(p.Name)!.Write);
        foreach ((SlotTensor from, SlotTensor to) in first.Session.Slots.Tensors.Zip(second.Session.Slots.Tensors)) Copy(from.Parameter.Shape.Size, from.Read, to.Write);
        second.Session.Iterations = first.Session.Iterations;
        second.Session.Totals.Restore(first.Session.Totals.Save());
        second.Steps(5);
        second.Bits().ShouldBe(straight.Bits());
        second.Session.Totals.LossSum.ShouldBe(straight.Session.Totals.LossSum);
    }

    public static TheoryData<string> Optimizers => [.. NeuralNet.Catalog.Registries.Optimizers.Descriptors.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_dense_step_allocates_nothing_with_any_optimizer(string optimizer) => A_step_allocates_nothing(Plain, optimizer);

    /// <summary>Who looks at gradients takes them from memory; otherwise they are applied in the registers where they come about.</summary>
    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Looking_at_the_gradients_changes_no_bit(string optimizer)
    {
        string Run(bool gatherNorm, int threads)
        {
            using Training training = new(Everything, optimizer, threads);
            int[] rows = [.. Enumerable.Range(3, 32)];
            for (int i = 0; i < 8; i++) training.Session.Step(Training.Inputs, Training.Targets, default, rows, 0.01f, gatherNorm: gatherNorm);
            return training.Bits();
        }

        string looked = Run(true, 1);
        foreach (int threads in (int[])[1, 2, 3]) Run(false, threads).ShouldBe(looked);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_step_allocates_nothing(string layers, string optimizer)
    {
        using Training training = new(layers, optimizer);
        training.Steps(200);
        int[] rows = [.. Enumerable.Range(0, 32)];
        // Code that the runtime has not optimized yet boxes here and there (in TensorPrimitives); on a busy machine it comes round to it late.
        long allocated = long.MaxValue;
        for (int round = 0; round < 100 && allocated > 0; round++)
        {
            if (round > 0) Thread.Sleep(20);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 50; i++) training.Session.Step(Training.Inputs, Training.Targets, default, rows, 0.01f);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        allocated.ShouldBe(0);
    }

    [Fact]
    public void A_batch_whose_loss_is_not_finite_leaves_the_weights_alone()
    {
        using Training training = new(Plain);
        training.Steps(3);
        string before = training.Bits();
        TestRows broken = new([.. Enumerable.Range(0, 32).Select(i => Enumerable.Repeat(i == 7 ? float.NaN : 1f, 20).ToArray())]);
        NonFiniteLossException e = Should.Throw<NonFiniteLossException>(
            () => training.Session.Step(broken, Training.Targets, default, [.. Enumerable.Range(0, 32)], 0.1f));
        e.Iteration.ShouldBe(3);
        training.Bits().ShouldBe(before);
        training.Steps(1);
        training.Bits().ShouldNotBe(before);
    }

    [Fact]
    public void A_frozen_layer_stays_as_it_is()
    {
        var nodes = Parts.Layers(Everything);
        for (int i = 0; i < 4; i++) nodes[i] = nodes[i] with { Trainable = false };
        using NetworkState state = new(Graph.Network.Build(nodes, new Tensors.Shape(20)));
        state.Initialize(1);
        float[] Values(string name)
        {
            float[] values = new float[state.Find(name)!.Shape.Size];
            state.Find(name)!.Read(values);
            return values;
        }

        Tensors.Threading.ComputePool pool = new(1);
        using Tensors.Threading.ComputeTeam team = pool.Lease(1);
        using TrainingSession session = new(state, new TrainingOptions
        {
            Loss = Parts.Of<NeuralNet.Losses.Loss>("loss", "sparse_categorical_crossentropy"),
            Optimizer = Parts.Of<NeuralNet.Optimizers.Optimizer>("optimizer", """{"type": "sgd", "learning_rate": 0.1, "weight_decay": 0.1}"""),
            BatchSize = 8,
        }, team);
        Dictionary<string, float[]> before = state.Parameters.ToDictionary(p => p.Name, p => Values(p.Name));
        for (int i = 0; i < 3; i++) session.Step(Training.Inputs, Training.Targets, default, [0, 1, 2, 3, 4, 5, 6, 7], 0.1f);
        foreach (Parameter p in state.Parameters)
        {
            bool same = Values(p.Name).SequenceEqual(before[p.Name]);
            same.ShouldBe(p.Layer is "l0" or "l1" or "l2", p.Name);
        }
    }

    [Fact]
    public void A_dense_network_with_one_large_layer_takes_four_phases()
    {
        using Training training = new("""[{"type": "dense", "units": 4000, "activation": "relu"}, {"type": "dense", "units": 8, "activation": "relu"}, {"type": "dense", "units": 4, "activation": "softmax"}]""");
        training.Session.DescribePlan().Count.ShouldBe(4);
    }

    private delegate void ReadInto(Span<float> values);

    private delegate void WriteFrom(ReadOnlySpan<float> values);

    private static void Copy(long length, ReadInto read, WriteFrom write)
    {
        float[] values = new float[length];
        read(values);
        write(values);
    }
}
