using TrainService.NeuralNet.Explaining;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.State;
using TrainService.NeuralNet.Tests.Layers;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Explaining;

public sealed class ScoreSessionTests : IDisposable
{
    /// <summary>Step of the differences.</summary>
    private const float H = 0.004f;

    private static readonly ScoreOptions Scores = new(ScoreLink.None, Probability: false, Gradients: true);

    private readonly ComputePool _pool = new(2);
    private readonly ComputeTeam _team;

    public ScoreSessionTests() => _team = _pool.Lease(2);

    public void Dispose()
    {
        _team.Dispose();
        _pool.Dispose();
    }

    public static TheoryData<string> FirstLayers => new()
    {
        "\"flatten\"",
        """{"type": "conv2d", "filters": 3, "kernel_size": 3, "activation": "tanh"}""",
        """{"type": "conv2d", "filters": 18, "kernel_size": 3, "padding": "same", "strides": 2, "activation": "relu"}""",
        """{"type": "conv2d", "filters": 4, "kernel_size": 1}""",
        """{"type": "conv2d_transpose", "filters": 3, "kernel_size": 3, "strides": 2}""",
        """{"type": "depthwise_conv2d", "kernel_size": 3}""",
        """{"type": "separable_conv2d", "filters": 5, "kernel_size": 3}""",
        "\"max_pooling2d\"",
        "\"average_pooling2d\"",
        "\"global_average_pooling2d\"",
        "\"batch_normalization\"",
        """{"type": "layer_normalization", "axis": [1, 2, 3]}""",
        """{"type": "rescaling", "scale": -0.5, "offset": 2}""",
        """{"type": "dense", "units": 6, "activation": "elu"}""",
        """{"type": "dropout", "rate": 0.9}""",
        """{"type": "activity_regularization", "l2": 10}""",
        "\"up_sampling2d\"",
    };

    [Theory]
    [MemberData(nameof(FirstLayers))]
    public void The_gradient_of_the_inputs_is_that_of_the_score(string first)
    {
        foreach (int channels in (int[])[1, 3])
            Compare(Parts.Layers($$"""[{{first}}, {"type": "flatten"}, {"type": "dense", "units": 5}, {"type": "dense", "units": 3, "activation": "softmax"}]"""),
                new Shape(7, 6, channels));
    }

    [Theory]
    [MemberData(nameof(LayerGradientTests.Middles), MemberType = typeof(LayerGradientTests))]
    public void Frozen_layers_hand_gradients_on(string middle) => Compare(Parts.Layers($$"""[{"type": "dense", "units": 21}, {{middle}}, {"type": "dense", "units": 3}]"""), new Shape(10));

    [Theory]
    [MemberData(nameof(LayerGradientTests.ImageMiddles), MemberType = typeof(LayerGradientTests))]
    public void Frozen_layers_on_images_too(string middle)
        => Compare(Parts.Layers($$"""[{"type": "conv2d", "filters": 18, "kernel_size": 2}, {{middle}}, "flatten", {"type": "dense", "units": 3}]"""), new Shape(5, 6, 2));

    [Fact]
    public void Of_a_linear_network_it_is_the_weights()
    {
        using NetworkState state = New(Parts.Layers("""[{"type": "dense", "units": 3, "activation": "softmax"}]"""), new Shape(4));
        float[] kernel = new float[12];
        state.Find("l0/kernel")!.Read(kernel);
        using ScoreSession session = ScoreSession.Within(1 << 20, 4, state, _team, Scores);

        session.Visit(TestRows.Normal(6, 4, 1), 2, 1, (_, _, _, gradient) => gradient.ToArray().ShouldBe([kernel[2], kernel[5], kernel[8], kernel[11]]), default);
        session.Visit(TestRows.Normal(1, 4, 1), 2, -1, (_, _, _, gradient) => gradient[0].ShouldBe(-kernel[2]), default);
    }

    [Theory]
    [InlineData("softmax", 3, 1, 1)]
    [InlineData("sigmoid", 1, 0, 1)]
    [InlineData("sigmoid", 1, 0, -1)]
    public void Probabilities_have_theirs_too(string activation, int units, int output, int sign)
        => Compare(Parts.Layers($$"""[{"type": "dense", "units": 8, "activation": "tanh"}, {"type": "dense", "units": {{units}}, "activation": "{{activation}}"}]"""),
            new Shape(6), Scores with { Probability = true }, output, sign);

    [Fact]
    public void Without_a_last_activation_the_link_says_what_makes_probabilities()
    {
        LayerNode[] plain = Parts.Layers("""[{"type": "dense", "units": 3}]"""), softmax = Parts.Layers("""[{"type": "dense", "units": 3, "activation": "softmax"}]""");
        using NetworkState first = New(plain, new Shape(5)), second = New(softmax, new Shape(5));
        TestRows x = TestRows.Normal(3, 5, 1);
        Run(first, x, Scores with { Link = ScoreLink.Softmax, Probability = true }, 1, 1).ShouldBe(Run(second, x, Scores with { Probability = true }, 1, 1));
        Compare(plain, new Shape(5), new ScoreOptions(ScoreLink.Sigmoid, true, true), 1, -1);
    }

    [Fact]
    public void A_layer_has_its_own_values_and_gradient()
    {
        // Behind the layer a relu that would otherwise be folded into the sum, and a second reader.
        LayerNode[] nodes = Parts.Layers("""
            [{"type": "conv2d", "filters": 2, "kernel_size": 3, "activation": "tanh"}, {"type": "conv2d", "filters": 2, "kernel_size": 1}, "add", {"type": "relu", "max_value": 6},
             "global_average_pooling2d", {"type": "dense", "units": 3, "activation": "softmax"}]
            """);
        nodes[2] = nodes[2] with { Inputs = ["l0", "l1"] };
        using NetworkState state = New(nodes, new Shape(6, 5, 1));
        TestRows x = TestRows.Normal(1, 30, 2);
        float[] kernel = new float[6];
        state.Find("l5/kernel")!.Read(kernel);
        bool negative = false;
        using ScoreSession session = ScoreSession.Within(1 << 20, 1, state, _team, Scores with { Layer = 2 });
        session.Shape.ShouldBe(new Shape(4, 3, 2));
        session.Visit(x, 1, 1, (_, _, values, gradient) =>
        {
            for (int i = 0; i < values.Length; i++)
            {
                negative |= values[i] < 0;
                // Relu lets it pass where the sum is positive; the mean over twelve pixels spreads the head's weight.
                gradient[i].ShouldBe(values[i] > 0 ? kernel[(i % 2 * 3) + 1] / 12 : 0, 1e-6f);
            }
        }, default);
        negative.ShouldBeTrue();
    }

    [Fact]
    public void Partial_batches_and_threads_change_nothing()
    {
        using NetworkState state = New(Parts.Layers("""[{"type": "conv2d", "filters": 4, "kernel_size": 3, "activation": "relu"}, "flatten", {"type": "dense", "units": 3}]"""), new Shape(6, 6, 1));
        TestRows x = TestRows.Normal(7, 36, 1);
        List<(double, float[])> Gradients(int most)
        {
            List<(double, float[])> found = [];
            using ScoreSession session = ScoreSession.Within(1 << 20, most, state, _team, Scores);
            session.BatchSize.ShouldBe(most);
            session.Visit(x, 1, 1, (_, score, _, gradient) => found.Add((score, gradient.ToArray())), default);
            return found;
        }

        List<(double Score, float[] Gradient)> alone = Gradients(1), together = Gradients(4);
        together.Count.ShouldBe(7);
        for (int r = 0; r < 7; r++)
        {
            together[r].Score.ShouldBe(alone[r].Score, 1e-6);
            for (int i = 0; i < 36; i++) together[r].Gradient[i].ShouldBe(alone[r].Gradient[i], 1e-6f);
        }
    }

    [Fact]
    public void What_is_looked_up_in_a_table_has_no_gradient()
    {
        using NetworkState state = New(Parts.Layers("""[{"type": "embedding", "input_dim": 5, "output_dim": 2}, "flatten", {"type": "dense", "units": 3}]"""), new Shape(4));
        using ScoreSession session = ScoreSession.Within(1 << 20, 1, state, _team, Scores);
        session.HasGradient.ShouldBeFalse();
    }

    [Fact]
    public void Memory_bounds_the_batch_and_weights_stay_as_they_are()
    {
        using NetworkState state = New(Parts.Layers("""["batch_normalization", {"type": "dense", "units": 8, "kernel_regularizer": "l2"}, {"type": "dense", "units": 3}]"""), new Shape(4));
        float[][] before = Values(state);
        using ScoreSession small = ScoreSession.Within(1, 64, state, _team, Scores);
        small.BatchSize.ShouldBe(1);
        small.Visit(TestRows.Normal(9, 4, 1), 0, 1, (_, _, _, _) => { }, default);
        Values(state).ShouldBe(before);
    }

    private void Compare(LayerNode[] nodes, Shape input, ScoreOptions? options = null, int output = 1, int sign = 1)
    {
        using NetworkState state = New(nodes, input);
        TestRows x = TestRows.Normal(2, (int)input.Size, 3);
        float[] row = new float[input.Size];
        x.CopyRow(1, row);
        options ??= Scores;
        using ScoreSession session = ScoreSession.Within(1 << 24, 4, state, _team, options), scores = ScoreSession.Within(1 << 24, 64, state, _team, options with { Gradients = false });
        float[] gradient = [];
        session.Visit(x, output, sign, (r, _, _, g) => gradient = r == 1 ? g.ToArray() : gradient, default);
        // All moved rows at once: four for each of some inputs.
        int stride = Math.Max(1, row.Length / 24);
        int[] places = [.. Enumerable.Range(0, row.Length).Where(i => i % stride == 0)];
        float[] steps = [2 * H, -2 * H, H, -H];
        float[][] moved = [.. places.SelectMany(i => steps.Select(s =>
        {
            float[] copy = [.. row];
            copy[i] += s;
            return copy;
        }))];
        double[] at = new double[moved.Length];
        scores.Visit(new TestRows(moved), output, sign, (r, score, _, _) => at[r] = score, default);
        double scale = Math.Max(gradient.Max(g => Math.Abs(g)), 1e-2);
        int kinks = 0;
        for (int k = 0; k < places.Length; k++)
        {
            double wide = (at[4 * k] - at[(4 * k) + 1]) / (4 * H), narrow = (at[(4 * k) + 2] - at[(4 * k) + 3]) / (2 * H);
            if (Math.Abs(wide - narrow) > 5e-4 * scale)
            {
                kinks++;
                continue;
            }

            (((4 * narrow) - wide) / 3).ShouldBe(gradient[places[k]], 2e-3 * scale, $"input {places[k]}");
        }

        kinks.ShouldBeLessThan((places.Length / 3) + 1);
        gradient.ShouldContain(g => g != 0);
    }

    private List<string> Run(NetworkState state, TestRows x, ScoreOptions options, int output, int sign)
    {
        List<string> seen = [];
        using ScoreSession session = ScoreSession.Within(1 << 20, 2, state, _team, options);
        session.Visit(x, output, sign, (_, score, _, gradient) => seen.Add($"{score:r} {string.Join(' ', gradient.ToArray())}"), default);
        return seen;
    }

    private static NetworkState New(LayerNode[] nodes, Shape input)
    {
        NetworkState state = new(Network.Build(nodes, input));
        state.Initialize(4);
        return state;
    }

    private static float[][] Values(NetworkState state) => [.. state.Parameters.Select(p =>
    {
        float[] values = new float[p.Shape.Size];
        p.Read(values);
        return values;
    })];
}
