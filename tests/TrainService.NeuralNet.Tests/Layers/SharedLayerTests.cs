using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Layers;

/// <summary>A layer that is called several times: one set of tensors, the gradients of all calls added up.</summary>
public sealed class SharedLayerTests
{
    public static TheoryData<string> Shared => new()
    {
        """{"type": "dense", "units": 16, "activation": "tanh"}""",
        """{"type": "dense", "units": 16, "kernel_regularizer": {"type": "l2", "l2": 0.1}, "bias_regularizer": {"type": "l1", "l1": 0.1}}""",
        """{"type": "dense", "units": 16, "kernel_regularizer": {"type": "orthogonal", "factor": 0.5}}""",
        "\"batch_normalization\"",
        "\"layer_normalization\"",
    };

    [Theory]
    [MemberData(nameof(Shared))]
    public void The_gradients_of_all_calls_add_up(string layer)
        => GradientCheck.Run(Siamese(layer), new Shape(16), Parts.Of<Loss>("loss", "mse"), TestRows.Normal(12, 16, 1), TestRows.Normal(12, 3, 2), batch: 12);

    [Fact]
    public void Kernels_of_convolutions_too()
    {
        LayerNode[] nodes = Parts.Layers("""
            ["flatten", {"type": "dense", "units": 60}, {"type": "reshape", "target_shape": [4, 5, 3]}, {"type": "conv2d", "filters": 3, "kernel_size": 3, "padding": "same"},
             {"type": "conv2d", "filters": 3, "kernel_size": 3, "padding": "same"}, "flatten", {"type": "dense", "units": 3}]
            """);
        nodes[4] = nodes[4] with { SharedWith = "l3" };
        GradientCheck.Run(nodes, new Shape(6), Parts.Of<Loss>("loss", "mse"), TestRows.Normal(9, 6, 1), TestRows.Normal(9, 3, 2), batch: 9);
    }

    [Fact]
    public void Its_tensors_are_counted_once()
    {
        Network network = Network.Build(Siamese("""{"type": "dense", "units": 16}"""), new Shape(16), "in");
        network.ParameterCount.ShouldBe((2 * ((16 * 16) + 16)) + (16 * 16) + 16 + (32 * 3) + 3);
        using NetworkState state = new(network);
        state.Parameters.Select(p => p.Name).ShouldBe(["l0/kernel", "l0/bias", "l1/kernel", "l1/bias", "shared/kernel", "shared/bias", "l5/kernel", "l5/bias"]);
    }

    [Fact]
    public void An_input_of_another_size_is_refused()
    {
        LayerNode[] nodes = Parts.Layers("""[{"type": "dense", "units": 4}, {"type": "dense", "units": 5}, {"type": "dense", "units": 5}]""");
        nodes[2] = nodes[2] with { SharedWith = "l0" };
        NetworkException error = Should.Throw<NetworkException>(() => Network.Build(nodes, new Shape(3)));
        error.Layer.ShouldBe(2);
        error.Message.ShouldContain("its kernel would have to be [5, 5]");
        nodes[2] = nodes[2] with { SharedWith = "nobody" };
        Should.Throw<NetworkException>(() => Network.Build(nodes, new Shape(3))).Code.ShouldBe("unknown_layer");
    }

    [Theory]
    [InlineData("""{"type": "sgd", "momentum": 0.9}""")]
    [InlineData("""{"type": "adam", "clipnorm": 0.01}""")]
    [InlineData("""{"type": "adam", "global_clipnorm": 0.01}""")]
    public void The_bits_do_not_depend_on_the_threads(string optimizer)
    {
        float[] one = Trained(optimizer, 1), three = Trained(optimizer, 3);
        three.ShouldBe(one);
        one.Any(v => v != 0).ShouldBeTrue();
    }

    // Both ways of reaching the sum: two calls of one layer, and one call on two rows whose halves are then joined, must give the same step.
    [Fact]
    public void Twice_the_same_input_is_twice_the_gradient()
    {
        LayerNode[] nodes = Parts.Layers("""[{"type": "dense", "units": 3}, {"type": "dense", "units": 3}, "add"]""");
        nodes[1] = nodes[1] with { SharedWith = "l0", Inputs = ["in"] };
        nodes[0] = nodes[0] with { Inputs = ["in"] };
        nodes[2] = nodes[2] with { Inputs = ["l0", "l1"] };
        (float[] before, float[] after) = OneStep(nodes);
        LayerNode[] single = Parts.Layers("""[{"type": "dense", "units": 3}, {"type": "rescaling", "scale": 2}]""");
        (_, float[] expected) = OneStep(single);
        Forward.ShouldBeNear(after, expected, 1e-6);
        after.ShouldNotBe(before);
    }

    private static (float[] Before, float[] After) OneStep(LayerNode[] nodes)
    {
        using NetworkState state = new(Network.Build(nodes, new Shape(4), "in"));
        state.Initialize(5);
        float[] before = new float[12], after = new float[12];
        state.Find("l0/kernel")!.Read(before);
        using ComputePool pool = new(1);
        using ComputeTeam team = pool.Lease(1);
        using TrainingSession session = new(state, new TrainingOptions { Loss = Parts.Of<Loss>("loss", "mse"), Optimizer = Parts.Of<Optimizer>("optimizer", "sgd"), BatchSize = 8 }, team);
        session.Step(TestRows.Normal(8, 4, 1), TestRows.Normal(8, 3, 2), default, [0, 1, 2, 3, 4, 5, 6, 7], 0.1f);
        state.Find("l0/kernel")!.Read(after);
        return (before, after);
    }

    /// <summary>Two branches through one shared layer, joined.</summary>
    private static LayerNode[] Siamese(string layer)
    {
        LayerNode[] nodes = Parts.Layers($$"""[{"type": "dense", "units": 16}, {"type": "dense", "units": 16}, {{layer}}, {{layer}}, "concatenate", {"type": "dense", "units": 3}]""");
        return
        [
            nodes[0] with { Inputs = ["in"] }, nodes[1] with { Inputs = ["l0"] }, nodes[2] with { Name = "shared", Inputs = ["l0"] },
            nodes[3] with { Name = "again", SharedWith = "shared", Inputs = ["l1"] }, nodes[4] with { Inputs = ["shared", "again"] }, nodes[5],
        ];
    }

    private static float[] Trained(string optimizer, int threads)
    {
        LayerNode[] nodes = Siamese("""{"type": "dense", "units": 16, "activation": "elu"}""");
        using NetworkState state = new(Network.Build(nodes, new Shape(16), "in"));
        state.Initialize(5);
        using ComputePool pool = new(threads);
        using ComputeTeam team = pool.Lease(threads);
        using TrainingSession session = new(state, new TrainingOptions { Loss = Parts.Of<Loss>("loss", "mse"), Optimizer = Parts.Of<Optimizer>("optimizer", optimizer), BatchSize = 32 }, team);
        TestRows x = TestRows.Normal(32, 16, 1), y = TestRows.Normal(32, 3, 2);
        for (int i = 0; i < 3; i++) session.Step(x, y, default, [.. Enumerable.Range(0, 32)], 0.05f, gatherNorm: true);
        float[] kernel = new float[256];
        state.Find("shared/kernel")!.Read(kernel);
        return [.. kernel, (float)session.GradientNorm];
    }
}
