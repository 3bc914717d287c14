using TrainService.NeuralNet.Adversarial;
using TrainService.NeuralNet.State;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Adversarial;

public sealed class AdversarialSessionTests
{
    private const string Rate1 = """{"type": "sgd", "learning_rate": 1}""", Still = """{"type": "sgd", "learning_rate": 0}""";
    private const string Gathered1 = """{"type": "sgd", "learning_rate": 1, "gradient_accumulation_steps": 2}""", GatheredStill = """{"type": "sgd", "learning_rate": 0, "gradient_accumulation_steps": 2}""";

    // Without kinks, so that differences say what the slope is.
    private static readonly string SmoothDrawing = Duel.Drawing.Replace("relu", "tanh"), SmoothLooking = Duel.Looking.Replace("""{"type": "leaky_relu", "negative_slope": 0.2}""", "\"tanh\"");

    [Fact]
    public void The_generators_gradient_is_that_of_its_loss_through_the_discriminator_as_it_works_in_training()
    {
        using Duel duel = new(SmoothDrawing, SmoothLooking, optimizer: GatheredStill, generatorOptimizer: Rate1);
        using NetworkState chain = NetworkState.Chain(duel.Generator, duel.Discriminator, AdversarialSession.Prefix);
        LatentRows latents = new(duel.Options.Seed, Duel.Latents, LatentDistribution.Normal, 2);
        using GeneratedRows forward = new(chain, duel.Batch, 0, duel.Team);
        double Loss()
        {
            forward.Make(latents, 0);
            return Enumerable.Range(0, duel.Batch).Average(r => -Math.Log(Row(forward, r)[0]));
        }

        double[] expected = Slopes(duel.Generator, Loss);
        float[] before = Duel.Values(duel.Generator);
        duel.Steps(1);
        ShouldBeClose(Changes(duel.Generator, before), expected);
    }

    [Fact]
    public void The_discriminators_gradient_is_the_mean_of_a_real_and_a_generated_batch_normalized_apart()
    {
        using Duel duel = new(SmoothDrawing, SmoothLooking, optimizer: Gathered1, generatorOptimizer: Still, smoothing: 0.2);
        LatentRows latents = new(duel.Options.Seed, Duel.Latents, LatentDistribution.Normal, 1);
        using GeneratedRows fakes = new(duel.Generator, duel.Batch, 0, duel.Team);
        fakes.Make(latents, 0);
        float[][] drawn = [.. Enumerable.Range(0, duel.Batch).Select(r => Row(fakes, r))];
        float[][] real = [.. Enumerable.Range(0, duel.Batch).Select(r => Row(Duel.Pictures, r * 7 % Duel.Pictures.Count))];
        using GeneratedRows forward = new(duel.Discriminator, duel.Batch, 0, duel.Team);
        double Loss()
        {
            return (Mean(real, 0.8) + Mean(drawn, 0)) / 2;

            double Mean(float[][] rows, double target)
            {
                forward.Make(new FloatRows(rows.SelectMany(r => r).ToArray(), Duel.Pixels), 0);
                return Enumerable.Range(0, duel.Batch).Average(r =>
                {
                    double p = Row(forward, r)[0];
                    return -(target * Math.Log(p)) - ((1 - target) * Math.Log(1 - p));
                });
            }
        }

        double[] expected = Slopes(duel.Discriminator, Loss);
        float[] before = Duel.Values(duel.Discriminator);
        duel.Steps(1);
        ShouldBeClose(Changes(duel.Discriminator, before), expected);
    }

    [Fact]
    public void The_generators_step_changes_nothing_of_the_discriminator()
    {
        using Duel one = new(), other = new(generatorOptimizer: Still);
        one.Steps(1);
        other.Steps(1);
        // One discriminator had a generator learn through it, the other one not: weights and moving statistics are the same.
        Duel.Values(one.Discriminator).ShouldBe(Duel.Values(other.Discriminator));
        Duel.Values(one.Generator).ShouldNotBe(Duel.Values(other.Generator));
        one.Session.Generator.Slots.Tensors.ShouldAllBe(t => !t.Name.Contains(AdversarialSession.Prefix));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_generator_has_its_turn_after_so_many_steps_of_the_discriminator(int steps)
    {
        using Duel duel = new(discriminatorSteps: steps);
        duel.Steps(6);
        duel.Session.Generator.Iterations.ShouldBe(6 / steps);
        duel.Session.Discriminator.Iterations.ShouldBe(12);
        duel.Session.Real.Rows.ShouldBe(6 * duel.Batch);
        duel.Session.Fake.Rows.ShouldBe(6 * duel.Batch);
    }

    [Fact]
    public void Neither_threads_nor_a_break_change_a_bit()
    {
        string Run(int threads, int[] parts)
        {
            Duel duel = new(threads: threads, discriminatorSteps: 2);
            foreach (int steps in parts)
            {
                Duel next = new(threads: threads, discriminatorSteps: 2);
                next.GoOnFrom(duel);
                duel.Dispose();
                duel = next;
                duel.Steps(steps, rows: steps == 3 ? 9 : null);
            }

            string bits = duel.Bits();
            duel.Dispose();
            return bits;
        }

        string expected = Run(1, [4, 3, 4]);
        Run(2, [4, 3, 4]).ShouldBe(expected);
        Run(3, [1, 3, 3, 1, 3]).ShouldNotBe(expected);
        Run(4, [2, 2, 3, 1, 1, 2]).ShouldBe(expected);
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using Duel duel = new();
        int[] rows = new int[duel.Batch];
        duel.Step(rows);
        duel.Step(rows);
        long before = GC.GetAllocatedBytesForCurrentThread();
        duel.Step(rows);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void A_generator_comes_to_draw_what_it_is_shown()
    {
        // Points on a line through the plane: generated ones come to lie there too, spread as wide.
        using Duel duel = new("""[{"type": "dense", "units": 24, "activation": "tanh"}, {"type": "dense", "units": 64}]""",
            """["flatten", {"type": "dense", "units": 48, "activation": "tanh"}, {"type": "dense", "units": 1, "activation": "sigmoid"}]""", batch: 60,
            generatorOptimizer: """{"type": "adam", "learning_rate": 0.005, "beta_1": 0.5}""");
        float[] numbers = new float[60 * Duel.Pixels];
        for (int r = 0; r < 60; r++)
            for (int i = 0; i < Duel.Pixels; i++) numbers[(r * Duel.Pixels) + i] = ((i % 2) - 0.5f) * (1 + (r / 60f));
        FloatRows pictures = new(numbers, Duel.Pixels);
        int[] rows = [.. Enumerable.Range(0, 60)];
        for (int i = 0; i < 500; i++) duel.Session.Step(pictures, rows, 0.005f, 0.001f);
        LatentRows latents = new(9, Duel.Latents, LatentDistribution.Normal, 7);
        using GeneratedRows drawn = new(duel.Generator, 60, 0, duel.Team);
        drawn.Make(latents, 0);
        for (int i = 0; i < Duel.Pixels; i++)
            Enumerable.Range(0, 60).Average(r => Row(drawn, r)[i]).ShouldBe(((i % 2) - 0.5f) * 1.5f, 0.35f);
    }

    private static float[] Row(RowSource source, int row)
    {
        float[] values = new float[source.RowLength];
        source.CopyRow(row, values);
        return values;
    }

    /// <summary>Central differences by every number that is learned, in the order of the parameters; 0 for the rest.</summary>
    private static double[] Slopes(NetworkState state, Func<double> loss)
    {
        const float H = 5e-3f;
        List<double> slopes = [];
        foreach (Parameter p in state.Parameters)
        {
            float[] values = new float[p.Shape.Size];
            p.Read(values);
            for (int i = 0; i < values.Length; i++)
            {
                if (!p.Trainable)
                {
                    slopes.Add(0);
                    continue;
                }

                float middle = values[i];
                p.Write([.. values[..i], middle + H, .. values[(i + 1)..]]);
                double above = loss();
                p.Write([.. values[..i], middle - H, .. values[(i + 1)..]]);
                slopes.Add((above - loss()) / (2 * H));
                p.Write(values);
            }
        }

        return [.. slopes];
    }

    private static double[] Changes(NetworkState state, float[] before) => [.. Duel.Values(state).Zip(before, (after, old) => (double)old - after)];

    private static void ShouldBeClose(double[] changes, double[] expected)
    {
        double scale = Math.Sqrt(expected.Average(e => e * e));
        scale.ShouldBeGreaterThan(0);
        // Kinks of the activations lie within some of the differences; moving statistics, whose slope stands as 0, move.
        int compared = expected.Count(e => e != 0);
        compared.ShouldBeGreaterThan(expected.Length * 3 / 4);
        expected.Zip(changes).Count(p => p.First != 0 && Math.Abs(p.First - p.Second) > 0.05 * (scale + Math.Abs(p.First))).ShouldBeLessThan(compared / 100);
    }
}
