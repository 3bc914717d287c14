using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Regularizers;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.Tests.Layers;
using TrainService.NeuralNet.Tests.Sessions;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Regularizers;

public sealed class WeightPenaltyTests
{
    private const string Regularized = """
        [{"type": "dense", "units": 150, "activation": "tanh", "kernel_regularizer": {"type": "l2", "l2": 0.05}, "bias_regularizer": {"type": "l1_l2", "l1": 0.1, "l2": 0.2}, "bias_initializer": "ones"},
         {"type": "dense", "units": 4, "activation": "softmax", "kernel_regularizer": {"type": "l1", "l1": 0.02}}]
        """;

    [Theory]
    [InlineData("""{"type": "dense", "units": 5, "kernel_regularizer": {"type": "l2", "l2": 0.3}, "bias_regularizer": {"type": "l2", "l2": 0.2}, "bias_initializer": "ones"}""", 10)]
    [InlineData("""{"type": "dense", "units": 5, "kernel_regularizer": {"type": "l1_l2", "l1": 0.1, "l2": 0.3}}""", 10)]
    public void The_gradient_is_that_of_the_loss_with_the_penalty(string layer, int features)
        => GradientCheck.Run(Parts.Layers($$"""[{{layer}}, {"type": "dense", "units": 3}]"""), new Shape(features), Parts.Of<Loss>("loss", "mse"),
            TestRows.Normal(12, features, 1), TestRows.Normal(12, 3, 2), batch: 12);

    [Fact]
    public void Of_convolutions_too()
        => GradientCheck.Run(Parts.Layers("""
            [{"type": "conv2d", "filters": 5, "kernel_size": 3, "kernel_regularizer": {"type": "l2", "l2": 0.3}, "bias_regularizer": {"type": "l2", "l2": 0.2}, "bias_initializer": "ones"},
             "flatten", {"type": "dense", "units": 3}]
            """), new Shape(5, 5, 2), Parts.Of<Loss>("loss", "mse"), TestRows.Normal(6, 50, 1), TestRows.Normal(6, 3, 2), batch: 6);

    [Theory]
    [InlineData("""{"type": "sgd", "learning_rate": 0.0}""")]
    [InlineData("""{"type": "sgd", "learning_rate": 0.0, "clipnorm": 0.01}""")]
    public void Training_and_evaluation_agree_on_the_loss(string optimizer)
    {
        using Training training = new(Regularized, optimizer, threads: 2);
        int[] rows = [.. Enumerable.Range(0, 32)];
        double loss = training.Session.Step(Training.Inputs, Training.Targets, default, rows, 0f);
        using InferenceSession evaluation = new(training.State, 10, training.Team);
        evaluation.Evaluate(Training.Inputs, Training.Targets, default, rows, Parts.Of<Loss>("loss", "sparse_categorical_crossentropy"), []).Loss.ShouldBe(loss, 1e-5);
        training.Session.Totals.Loss.ShouldBe(loss, 1e-12);
        using Training plain = new("""
            [{"type": "dense", "units": 150, "activation": "tanh", "bias_initializer": "ones"}, {"type": "dense", "units": 4, "activation": "softmax"}]
            """, optimizer);
        double unpenalized = plain.Session.Step(Training.Inputs, Training.Targets, default, rows, 0f);
        float[] first = Values("l0/kernel"), bias = Values("l0/bias"), second = Values("l1/kernel");
        double penalty = (0.05 * first.Sum(v => (double)v * v)) + bias.Sum(v => (0.1 * Math.Abs(v)) + (0.2 * v * v)) + (0.02 * second.Sum(v => Math.Abs((double)v)));
        (loss - unpenalized).ShouldBe(penalty, 1e-6);

        float[] Values(string name)
        {
            State.Parameter p = training.State.Find(name)!;
            float[] values = new float[p.Shape.Size];
            p.Read(values);
            return values;
        }
    }

    [Fact]
    public void A_frozen_layer_has_no_penalty()
    {
        Graph.LayerNode[] nodes = Parts.Layers(Regularized);
        using State.NetworkState state = new(Graph.Network.Build([nodes[0] with { Trainable = false }, nodes[1]], new Shape(20)));
        state.Initialize(1);
        float[] kernel = new float[600];
        state.Find("l1/kernel")!.Read(kernel);
        WeightPenalties.Of(state).ShouldBe(0.02 * kernel.Sum(v => Math.Abs((double)v)), 1e-9);
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit_of_weights_or_loss()
    {
        (string Bits, double Loss) Run(int threads)
        {
            using Training training = new(Regularized.Replace("\"bias_initializer\"", "\"kernel_constraint\": {\"type\": \"max_norm\", \"max_value\": 0.7}, \"bias_initializer\"", StringComparison.Ordinal), threads: threads);
            training.Steps(20);
            return (training.Bits(), training.Session.Totals.Loss);
        }

        (string, double) one = Run(1);
        foreach (int threads in (int[])[2, 3, 4]) Run(threads).ShouldBe(one);
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using Training training = new(Regularized.Replace("\"bias_initializer\"", "\"kernel_constraint\": {\"type\": \"max_norm\", \"axis\": 1}, \"bias_initializer\"", StringComparison.Ordinal));
        int[] rows = [.. Enumerable.Range(0, 32)];
        for (int i = 0; i < 3; i++) training.Session.Step(Training.Inputs, Training.Targets, default, rows, 0.01f);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) training.Session.Step(Training.Inputs, Training.Targets, default, rows, 0.01f);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}
