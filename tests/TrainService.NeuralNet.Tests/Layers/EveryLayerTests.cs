using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Layers;

/// <summary>What holds for every layer: the same bits on any number of threads, no allocation in a step, a step that can be repeated.</summary>
public sealed class EveryLayerTests
{
    /// <summary>Layers behind an image [6, 6, 5]; some turn it into a sequence first.</summary>
    public static TheoryData<string> Layers => new()
    {
        "\"prelu\"", """{"type": "prelu", "shared_axes": [1, 2]}""", "\"rrelu\"", """{"type": "conv2d", "filters": 4, "kernel_size": 3, "activation": "rrelu"}""",
        """{"type": "group_normalization", "groups": 5}""", """{"type": "layer_normalization", "axis": [1, 3]}""", "\"local_response_normalization\"", "\"normalization\"",
        """{"type": "dense", "units": 7}""", """{"type": "softmax", "axis": 1}""", """{"type": "resizing", "height": 4, "width": 9}""", """{"type": "activity_regularization", "l2": 0.1}""",
        """{"type": "reshape", "target_shape": [36, 5]}, "max_pooling1d", {"type": "spatial_dropout1d", "rate": 0.3}, {"type": "conv1d", "filters": 4, "kernel_size": 3, "padding": "causal"}""",
        """{"type": "reshape", "target_shape": [36, 5]}, "average_pooling1d", {"type": "zero_padding1d", "padding": 2}, {"type": "cropping1d", "cropping": 1}, {"type": "up_sampling1d", "size": 2}, "global_average_pooling1d" """,
        """{"type": "depthwise_conv2d", "kernel_size": 3, "depthwise_regularizer": "l2", "depthwise_constraint": {"type": "max_norm", "axis": [0, 1, 2]}, "bias_regularizer": "l1", "activity_regularizer": "l2"}""",
        """{"type": "separable_conv2d", "filters": 4, "kernel_size": 3, "depthwise_regularizer": "l2", "pointwise_constraint": "non_neg", "pointwise_regularizer": "l1", "bias_constraint": "non_neg"}""",
        """{"type": "batch_normalization", "gamma_constraint": "non_neg", "beta_regularizer": "l2"}""",
        """{"type": "layer_normalization", "gamma_constraint": {"type": "min_max_norm", "axis": 0}, "beta_regularizer": "l2"}""",
        """{"type": "conv2d_transpose", "filters": 3, "kernel_size": 3, "kernel_constraint": {"type": "max_norm", "axis": [0, 1, 3]}, "bias_regularizer": "l2"}""",
        """{"type": "masking_noise", "rate": 0.4}, {"type": "dense", "units": 9, "activation": "sigmoid"}, "kl_sparsity" """,
        """{"type": "fake_quantization", "min": -1, "max": 1}, {"type": "dense", "units": 4} """,
        """ "flatten", {"type": "dense", "units": 9, "kernel_regularizer": "orthogonal", "kernel_constraint": {"type": "unit_norm", "axis": [0]} }""",
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void The_bits_do_not_depend_on_the_threads_and_a_step_allocates_nothing(string layers)
    {
        (string one, long allocated) = Trained(layers, 1);
        (string three, _) = Trained(layers, 3);
        three.ShouldBe(one);
        allocated.ShouldBe(0);
    }

    private static (string Bits, long Allocated) Trained(string layers, int threads)
    {
        LayerNode[] nodes = Parts.Layers($$"""[{"type": "dense", "units": 180, "activation": "tanh"}, {"type": "reshape", "target_shape": [6, 6, 5]}, {{layers}}, "flatten", {"type": "dense", "units": 3}]""");
        using NetworkState state = new(Network.Build(nodes, new Shape(6)));
        state.Initialize(5);
        using ComputePool pool = new(threads);
        using ComputeTeam team = pool.Lease(threads);
        using TrainingSession session = new(state, new TrainingOptions { Loss = Parts.Of<Loss>("loss", "mse"), Optimizer = Parts.Of<Optimizer>("optimizer", "adam"), BatchSize = 20, Seed = 3 }, team);
        TestRows x = TestRows.Normal(20, 6, 1), y = TestRows.Normal(20, 3, 2);
        int[] rows = [.. Enumerable.Range(0, 20)];
        for (int i = 0; i < 3; i++) session.Step(x, y, default, rows, 0.01f);
        List<byte> bytes = [];
        foreach (Parameter p in state.Parameters)
        {
            float[] values = new float[p.Shape.Size];
            p.Read(values);
            values.All(float.IsFinite).ShouldBeTrue(p.Name);
            bytes.AddRange(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray());
        }

        string bits = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData([.. bytes]));
        if (threads > 1) return (bits, 0);
        // Code that the runtime has not optimized yet boxes here and there; it comes round to it late.
        long allocated = long.MaxValue;
        for (int round = 0; round < 100 && allocated > 0; round++)
        {
            if (round > 0) Thread.Sleep(10);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 10; i++) session.Step(x, y, default, rows, 0.01f);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return (bits, allocated);
    }
}
