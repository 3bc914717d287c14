using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Tests.Sessions;

public sealed class MovingAverageTests
{
    private const string Layers = """
        [{"type": "dense", "units": 9, "activation": "elu", "kernel_constraint": {"type": "max_norm", "max_value": 0.9}}, {"type": "dense", "units": 4, "activation": "softmax"}]
        """;

    private const string Sgd = "\"type\": \"sgd\", \"learning_rate\": 0.1, \"momentum\": 0.9";

    // a_1 = w_1, a_t = 0.7 a_(t-1) + 0.3 w_t: in Keras the average starts at the weights after the first update, and looks at them before constraints.
    [Fact]
    public void The_average_starts_at_the_first_weights_and_follows_them()
    {
        using Training plain = new(Unconstrained, $$"""{{{Sgd}}}"""), averaged = new(Unconstrained, $$"""{{{Sgd}}, "use_ema": true, "ema_momentum": 0.7}""");
        double[] average = [];
        for (int t = 1; t <= 8; t++)
        {
            plain.Steps(1);
            averaged.Steps(1);
            float[] weights = plain.Weights();
            averaged.Weights().ShouldBe(weights);
            average = t == 1 ? [.. weights.Select(w => (double)w)] : [.. average.Zip(weights, (a, w) => (0.7 * a) + (0.3 * w))];
        }

        averaged.Session.TakeAverage();
        ShouldBeNear(averaged.Weights(), average);
    }

    [Fact]
    public void It_looks_at_the_weights_before_their_constraints()
    {
        using Training training = new(Layers, "{" + Sgd + """, "ema": {"momentum": 0.5}}""");
        training.Steps(1);
        Parameter kernel = training.State.Parameters[0];
        float[] constrained = Read(kernel), average = new float[kernel.Shape.Size];
        training.Session.Slots.Tensors.Single(t => t.Name == "average/l0/kernel").Read(average);
        constrained.ShouldNotBe(average);
        // Each column was put back to a norm of 0.9 and points where it pointed.
        for (int c = 0; c < 9; c++)
        {
            double[] w = [.. Enumerable.Range(0, 20).Select(r => (double)constrained[(r * 9) + c])], a = [.. Enumerable.Range(0, 20).Select(r => (double)average[(r * 9) + c])];
            double norm = Math.Sqrt(a.Sum(v => v * v));
            for (int r = 0; r < 20; r++) w[r].ShouldBe(a[r] * Math.Min(norm, 0.9) / (1e-7 + norm), 1e-6);
        }
    }

    // Every second update: w_2 = a_2, w_4 = a_4 …
    [Fact]
    public void The_average_takes_the_weights_place_as_often_as_asked()
    {
        using Training training = new(Unconstrained, $$"""{{{Sgd}}, "use_ema": true, "ema_momentum": 0.7, "ema_overwrite_frequency": 2}""");
        for (int t = 1; t <= 6; t++)
        {
            training.Steps(1);
            float[] weights = training.Weights();
            training.Session.TakeAverage();
            if (t % 2 == 0 || t == 1) training.Weights().ShouldBe(weights);
            else training.Weights().ShouldNotBe(weights);
            Write(training, weights);
        }
    }

    // With 3 batches an update Keras moves the average after each batch, and counts updates: in the first three batches it takes the weights as they are.
    [Fact]
    public void With_gathered_gradients_it_moves_after_each_batch()
    {
        using Training training = new(Unconstrained, $$"""{{{Sgd}}, "use_ema": true, "ema_momentum": 0.7, "gradient_accumulation_steps": 3}""");
        double[] average = [];
        for (int n = 0; n < 8; n++)
        {
            training.Steps(1);
            float[] weights = training.Weights();
            double kept = n / 3 == 0 ? 0 : 0.7;
            average = average.Length == 0 ? [.. weights.Select(w => (double)w)] : [.. average.Zip(weights, (a, w) => (kept * a) + ((1 - kept) * w))];
        }

        training.Session.TakeAverage();
        ShouldBeNear(training.Weights(), average);
    }

    private const string Unconstrained = """[{"type": "dense", "units": 9, "activation": "elu"}, {"type": "dense", "units": 4, "activation": "softmax"}]""";

    private static float[] Read(Parameter parameter)
    {
        float[] values = new float[parameter.Shape.Size];
        parameter.Read(values);
        return values;
    }

    private static void Write(Training training, float[] weights)
    {
        int at = 0;
        foreach (Parameter p in training.State.Parameters)
        {
            p.Write(weights.AsSpan(at, (int)p.Shape.Size));
            at += (int)p.Shape.Size;
        }
    }

    private static void ShouldBeNear(float[] actual, double[] expected)
    {
        for (int i = 0; i < expected.Length; i++) ((double)actual[i]).ShouldBe(expected[i], 1e-6, $"weight {i}");
    }
}
