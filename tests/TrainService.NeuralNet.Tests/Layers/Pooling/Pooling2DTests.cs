using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Layers.Pooling;

public sealed class Pooling2DTests
{
    /// <summary>Height, width, channels, pool, stride, padding: tails of vectors, overlaps, gaps and padding on either side.</summary>
    public static TheoryData<int, int, int, int, int, string> Cases => new()
    {
        { 6, 6, 16, 2, 2, "valid" }, { 7, 5, 3, 2, 2, "valid" }, { 7, 5, 3, 2, 2, "same" }, { 9, 8, 17, 3, 2, "valid" }, { 9, 8, 33, 3, 2, "same" },
        { 5, 5, 1, 5, 1, "same" }, { 5, 4, 20, 2, 3, "same" }, { 5, 4, 20, 1, 3, "valid" }, { 1, 1, 2, 2, 2, "same" }, { 4, 4, 32, 4, 4, "valid" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Max_and_mean_are_those_of_the_windows(int height, int width, int channels, int pool, int stride, string padding)
    {
        Shape shape = new(height, width, channels);
        float[] x = Forward.Sample(shape, count: 3);
        foreach (bool max in (bool[])[true, false])
            Forward.ShouldBeNear(Forward.Run($"[{Layer(max, pool, stride, padding)}]", shape, x, threads: 2), Naive(x, shape, pool, stride, padding == "same", max));
    }

    [Theory]
    [InlineData(2, 2, "valid", 17)]
    [InlineData(3, 2, "same", 3)]
    [InlineData(3, 1, "valid", 16)]
    public void Gradients_agree_with_differences(int pool, int stride, string padding, int channels)
    {
        foreach (bool max in (bool[])[true, false])
            GradientCheck.Run(Parts.Layers($$"""
                [{"type": "dense", "units": {{5 * 4 * channels}}}, {"type": "reshape", "target_shape": [5, 4, {{channels}}]}, {{Layer(max, pool, stride, padding)}},
                 "flatten", {"type": "dense", "units": 3}]
                """), new Shape(6), Parts.Of<Loss>("loss", "mse"), TestRows.Normal(9, 6, 1), TestRows.Normal(9, 3, 2), batch: 9);
    }

    [Fact]
    public void Of_equal_numbers_the_first_gets_the_gradient()
    {
        // The kernel is 0 and the bias 1: all cells of a window are equal, and the loss sees only the window's maximum.
        LayerNode[] layers = Parts.Layers("""
            [{"type": "dense", "units": 4, "kernel_initializer": "zeros", "bias_initializer": "ones"}, {"type": "reshape", "target_shape": [2, 2, 1]}, "max_pooling2d", "flatten"]
            """);
        GradientsOf.Run(layers, new Shape(1), new TestRows([[0f]]), new TestRows([[0f]]))["l0/bias"].ShouldBe([2f, 0f, 0f, 0f]);
    }

    /// <summary>A convolution's own activation is left to the pooling behind it; as a layer of its own it is not.</summary>
    [Theory]
    [InlineData("relu", 2, 2, "valid", 8)]
    [InlineData("relu", 2, 2, "valid", 7)]
    [InlineData("relu", 3, 2, "same", 8)]
    [InlineData("relu", 3, 1, "valid", 8)]
    [InlineData("relu6", 2, 2, "same", 8)]
    [InlineData("elu", 2, 2, "valid", 8)]
    public void What_was_limited_before_it_is_limited_behind_it_to_the_same_bits(string activation, int pool, int stride, string padding, int size)
    {
        string Run(string layers, int threads)
        {
            using Sessions.Training training = new($$"""
                [{"type": "dense", "units": {{size * size}}, "kernel_initializer": {"type": "random_normal", "stddev": 2.0} }, {"type": "reshape", "target_shape": [{{size}}, {{size}}, 1]}, {{layers}},
                 {{Layer(max: true, pool, stride, padding)}}, "flatten", {"type": "dense", "units": 4, "activation": "softmax"}]
                """, threads: threads);
            training.Steps(5);
            return training.Bits();
        }

        const string Convolution = """{"type": "conv2d", "filters": 20, "kernel_size": 3, "padding": "same", "activation": """;
        string Layers(string own, string layer) => $"{Convolution} \"{own}\"}}, {{\"type\": \"activation\", \"activation\": \"{layer}\"}}";
        string apart = Run(Layers("linear", activation), 1);
        foreach (int threads in (int[])[1, 2, 3]) Run(Layers(activation, "linear"), threads).ShouldBe(apart);
    }

    /// <summary>The reshaped image is the convolution's own memory, which another layer reads as well.</summary>
    [Fact]
    public void Limits_stay_where_somebody_else_reads_the_image()
    {
        double Loss(string own, string layer)
        {
            LayerNode[] nodes =
            [
                Node("c", $$"""{"type": "conv2d", "filters": 16, "kernel_size": 3, "activation": "{{own}}"}""", "in"), Node("a", $$"""{"type": "activation", "activation": "{{layer}}"}""", "c"),
                Node("same", """{"type": "reshape", "target_shape": [4, 4, 16]}""", "a"), Node("pool", "\"max_pooling2d\"", "same"), Node("left", "\"flatten\"", "pool"),
                Node("right", "\"global_average_pooling2d\"", "a"), Node("both", "\"concatenate\"", "left right"), Node("out", """{"type": "dense", "units": 3}""", "both"),
            ];
            using NetworkState state = new(Network.Build(nodes, new Shape(6, 6, 1), "in"));
            state.Initialize(3);
            using ComputePool pool = new(1);
            using ComputeTeam team = pool.Lease(1);
            using TrainingSession session = new(state, new TrainingOptions { Loss = Parts.Of<Loss>("loss", "mse"), Optimizer = Parts.Of<Optimizer>("optimizer", "sgd"), BatchSize = 4 }, team);
            return session.Step(TestRows.Normal(4, 36, 1), TestRows.Normal(4, 3, 2), default, [0, 1, 2, 3], 0.1f);
        }

        Loss("relu", "linear").ShouldBe(Loss("linear", "relu"));
    }

    private static LayerNode Node(string name, string layer, string inputs) => Parts.Layers($"[{layer}]")[0] with { Name = name, Inputs = inputs.Split(' ') };

    [Fact]
    public void A_window_that_does_not_fit_is_refused_by_name()
        => Should.Throw<NetworkException>(() => Network.Build(Parts.Layers("""[{"type": "max_pooling2d", "pool_size": 3}]"""), new Shape(2, 5, 1)))
            .Message.ShouldContain("3x3");

    [Fact]
    public void NaN_stays_NaN()
    {
        float[] x = [1, 2, 3, float.NaN];
        Forward.Run("""["max_pooling2d"]""", new Shape(2, 2, 1), x).ShouldBe([float.NaN]);
        Forward.Run("""["max_pooling2d"]""", new Shape(2, 2, 1), [float.NaN, 1, 2, 3]).ShouldBe([float.NaN]);
    }

    private static string Layer(bool max, int pool, int stride, string padding)
        => $$"""{"type": "{{(max ? "max" : "average")}}_pooling2d", "pool_size": {{pool}}, "strides": [{{stride}}, {{stride}}], "padding": "{{padding}}"}""";

    private static float[] Naive(float[] x, Shape shape, int pool, int stride, bool same, bool max)
    {
        (int height, int width, int channels) = (shape[0], shape[1], shape[2]);
        (int outHeight, int top) = Axis(height);
        (int outWidth, int left) = Axis(width);
        List<float> y = [];
        for (int n = 0; n < x.Length; n += height * width * channels)
            for (int oy = 0; oy < outHeight; oy++)
                for (int ox = 0; ox < outWidth; ox++)
                    for (int c = 0; c < channels; c++)
                    {
                        List<float> cells = [];
                        for (int iy = (oy * stride) - top; iy < (oy * stride) - top + pool; iy++)
                            for (int ix = (ox * stride) - left; ix < (ox * stride) - left + pool; ix++)
                                if (iy >= 0 && iy < height && ix >= 0 && ix < width) cells.Add(x[n + ((((iy * width) + ix) * channels) + c)]);
                        y.Add(max ? cells.Max() : cells.Average());
                    }

        return [.. y];

        (int, int) Axis(int n)
        {
            if (!same) return (((n - pool) / stride) + 1, 0);
            int count = (int)Math.Ceiling(n / (double)stride);
            return (count, Math.Max(0, ((count - 1) * stride) + pool - n) / 2);
        }
    }
}
