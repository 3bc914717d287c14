using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TrainService.NeuralNet.Boltzmann;
using TrainService.NeuralNet.State;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Boltzmann;

public sealed class BoltzmannSessionTests
{
    private const string Rate1 = """{"type": "sgd", "learning_rate": 1}""", Still = """{"type": "sgd", "learning_rate": 0}""";

    /// <summary>Four patterns, some more often: what the machine is to learn.</summary>
    private static readonly double[][] Patterns = [[1, 1, 0, 0, 1], [1, 1, 0, 0, 0], [0, 0, 1, 1, 0], [1, 1, 0, 0, 1]];

    [Fact]
    public void Free_energy_and_pseudo_likelihood_equal_going_through_all_states()
    {
        using SmallMachine machine = new();
        double[][] states = [.. SmallMachine.States(SmallMachine.Visible)];
        FloatRows rows = SmallMachine.Rows(states);
        using BoltzmannMeasure measure = new(machine.State, VisibleUnits.Binary, 16, 3, 0, machine.Team);
        for (int s = 0; s < states.Length; s++) measure.FreeEnergy(rows, s).ShouldBe(-machine.LogWeight(states[s]), 1e-5);

        // The estimate's mean over many draws of a unit is the sum over all of them.
        double Exact(double[] v) => Enumerable.Range(0, v.Length).Sum(i =>
        {
            double[] flipped = [.. v.Select((x, k) => k == i ? 1 - x : x)];
            double own = machine.LogWeight(v), other = machine.LogWeight(flipped);
            return own - Math.Log(Math.Exp(own) + Math.Exp(other));
        });
        int[] all = [.. Enumerable.Range(0, states.Length)];
        double estimated = Enumerable.Range(0, 400).Average(d => measure.Of(rows, all, d).PseudoLikelihood);
        estimated.ShouldBe(states.Average(Exact), 0.03 * Math.Abs(states.Average(Exact)));
    }

    [Fact]
    public void Free_energy_of_gaussian_units_is_a_half_of_the_distance_less_what_hidden_units_gain()
    {
        using SmallMachine machine = new();
        double[] v = [0.5, -1.5, 2, 0, 1], a = machine.Values("h/visible_bias"), zero = new double[5];
        using BoltzmannMeasure measure = new(machine.State, VisibleUnits.Gaussian, 2, 3, 0, machine.Team);
        // Of binary units -F = a·v + what hidden units gain.
        double gain = machine.LogWeight(v) - a.Zip(v, (x, y) => x * y).Sum();
        measure.FreeEnergy(SmallMachine.Rows([v]), 0).ShouldBe((0.5 * a.Zip(v, (x, y) => (y - x) * (y - x)).Sum()) - gain, 1e-5);
        measure.Of(SmallMachine.Rows([v]), [0], 0).PseudoLikelihood.ShouldBe(double.NaN);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Long_chains_make_the_gradient_that_of_the_exact_likelihood(bool persistent)
    {
        const int Batch = 4096;
        BoltzmannOptions options = SmallMachine.Of(Rate1, Batch) with { GibbsSteps = 60, SampleVisible = true, Persistent = persistent };
        using SmallMachine machine = new(options);
        int[] rows = [.. Enumerable.Range(0, Batch).Select(i => i % Patterns.Length)];
        FloatRows data = SmallMachine.Rows(Patterns);

        // d/dθ of the mean of ln p(v) = -F(v) - ln Z, by central differences of what going through all states gives.
        List<(string Tensor, float[] Start, double[] Slopes)> expected = [];
        double LogLikelihood() => Patterns.Average(machine.LogWeight) - machine.LogPartition();
        foreach (string tensor in new[] { "h/kernel", "h/bias", "h/visible_bias" })
        {
            Parameter p = machine.State.Find(tensor)!;
            float[] start = new float[p.Shape.Size];
            p.Read(start);
            double[] slopes = new double[start.Length];
            for (int i = 0; i < start.Length; i++)
            {
                const float H = 1e-2f;
                p.Write([.. start[..i], start[i] + H, .. start[(i + 1)..]]);
                double above = LogLikelihood();
                p.Write([.. start[..i], start[i] - H, .. start[(i + 1)..]]);
                slopes[i] = (above - LogLikelihood()) / (2 * H);
                p.Write(start);
            }

            expected.Add((tensor, start, slopes));
        }

        machine.Session.Step(data, rows, 1f);
        foreach ((string tensor, float[] start, double[] slopes) in expected)
        {
            double[] after = machine.Values(tensor);
            // Five deviations of a mean of 4096 numbers between 0 and 1.
            for (int i = 0; i < slopes.Length; i++) (after[i] - start[i]).ShouldBe(slopes[i], 5 * 0.5 / Math.Sqrt(Batch));
        }
    }

    [Fact]
    public void Samples_of_persistent_chains_are_spread_as_the_machine_says()
    {
        const int Chains = 512, Burn = 30, Rounds = 60;
        using SmallMachine machine = new(SmallMachine.Of(Still, Chains) with { SampleVisible = true, Persistent = true });
        int[] rows = [.. Enumerable.Range(0, Chains).Select(i => i % Patterns.Length)];
        FloatRows data = SmallMachine.Rows(Patterns);
        double[] counts = new double[1 << SmallMachine.Visible];
        for (int round = -Burn; round < Rounds; round++)
        {
            machine.Session.Step(data, rows, 0f);
            if (round < 0 || round % 4 != 0) continue;
            for (int r = 0; r < Chains; r++) counts[machine.Session.Negative(Chains, r).Visible.Select((v, i) => (int)v << i).Sum()]++;
        }

        double all = counts.Sum(), partition = machine.LogPartition();
        double chi = SmallMachine.States(SmallMachine.Visible).Select((v, s) =>
        {
            double wanted = all * Math.Exp(machine.LogWeight(v) - partition);
            return (counts[s] - wanted) * (counts[s] - wanted) / wanted;
        }).Sum();
        // 31 degrees of freedom: 99.9 % lie below 61; chains four rounds apart are a little alike.
        chi.ShouldBeLessThan(100);
    }

    [Fact]
    public void One_step_of_contrastive_divergence_is_the_difference_of_its_two_statistics()
    {
        using SmallMachine machine = new(SmallMachine.Of("""{"type": "sgd", "learning_rate": 0.5}""", 8), weightDecay: 0.1);
        int[] rows = [0, 1, 2, 3, 0, 1, 2, 2];
        FloatRows data = SmallMachine.Rows(Patterns);
        double[] w = machine.Values("h/kernel"), b = machine.Values("h/bias"), a = machine.Values("h/visible_bias");
        double error = machine.Session.Step(data, rows, 0.5f);
        double[] kernel = machine.Values("h/kernel"), bias = machine.Values("h/bias"), visible = machine.Values("h/visible_bias");
        double P(IReadOnlyList<double> v, int j) => 1 / (1 + Math.Exp(-b[j] - Enumerable.Range(0, 5).Sum(i => v[i] * w[(i * 3) + j])));
        (float[] Visible, float[] Hidden)[] negative = [.. rows.Select((_, r) => machine.Session.Negative(8, r))];
        for (int r = 0; r < 8; r++)
            for (int j = 0; j < 3; j++) (negative[r].Hidden[j] * 8).ShouldBe((float)P([.. negative[r].Visible.Select(v => (double)v)], j), 1e-5f);
        for (int i = 0; i < 5; i++)
        {
            (visible[i] - a[i]).ShouldBe(0.5 * Enumerable.Range(0, 8).Average(r => Patterns[rows[r]][i] - negative[r].Visible[i]), 1e-5);
            for (int j = 0; j < 3; j++)
            {
                double slope = Enumerable.Range(0, 8).Average(r => (Patterns[rows[r]][i] * P(Patterns[rows[r]], j)) - (negative[r].Visible[i] * negative[r].Hidden[j] * 8));
                (kernel[(i * 3) + j] - w[(i * 3) + j]).ShouldBe(0.5 * (slope - (0.1 * w[(i * 3) + j])), 1e-5);
            }
        }

        for (int j = 0; j < 3; j++) (bias[j] - b[j]).ShouldBe(0.5 * Enumerable.Range(0, 8).Average(r => P(Patterns[rows[r]], j) - (negative[r].Hidden[j] * 8)), 1e-5);
        error.ShouldBe(Enumerable.Range(0, 8).Average(r => Enumerable.Range(0, 5).Average(i => Math.Pow(Patterns[rows[r]][i] - negative[r].Visible[i], 2))), 1e-5);
    }

    [Theory]
    [InlineData(VisibleUnits.Binary, 1.0, 0)]
    [InlineData(VisibleUnits.Gaussian, 0.0, 1)]
    public void Visible_units_are_drawn_as_they_are_said_to_be(VisibleUnits kind, double lowest, double variance)
    {
        const int Batch = 4000;
        using SmallMachine machine = new(SmallMachine.Of(Still, Batch) with { Visible = kind, SampleVisible = true }, hidden: 3);
        // Without weights what is drawn depends on the bias alone.
        machine.State.Find("h/kernel")!.Write(new float[15]);
        machine.Session.Step(SmallMachine.Rows(Patterns), [.. Enumerable.Range(0, Batch).Select(i => i % 4)], 0f);
        double[] a = machine.Values("h/visible_bias");
        for (int i = 0; i < 5; i++)
        {
            double[] drawn = [.. Enumerable.Range(0, Batch).Select(r => (double)machine.Session.Negative(Batch, r).Visible[i])];
            double mean = kind == VisibleUnits.Binary ? 1 / (1 + Math.Exp(-a[i])) : a[i], spread = kind == VisibleUnits.Binary ? mean * (1 - mean) : variance;
            drawn.Average().ShouldBe(mean, 5 * Math.Sqrt(spread / Batch));
            drawn.Average(v => (v - mean) * (v - mean)).ShouldBe(spread, 0.1);
            if (lowest == 1.0) drawn.ShouldAllBe(v => v == 0 || v == 1);
        }
    }

    [Fact]
    public void A_penalty_draws_activity_to_its_target()
    {
        double Activity(double cost)
        {
            using SmallMachine machine = new(SmallMachine.Of("""{"type": "sgd", "learning_rate": 0.2}""", 16) with { SparsityCost = cost, SparsityTarget = 0.1 }, visible: 5, hidden: 3);
            FloatRows data = SmallMachine.Rows(Patterns);
            int[] rows = [.. Enumerable.Range(0, 16).Select(i => i % 4)];
            for (int i = 0; i < 300; i++) machine.Session.Step(data, rows, 0.2f);
            using BoltzmannMeasure measure = new(machine.State, VisibleUnits.Binary, 4, 0, 0, machine.Team);
            double seen = measure.Of(data, [0, 1, 2, 3], 0).Activity;
            if (cost > 0) machine.Session.Memory.Activity.Average(v => (double)v).ShouldBe(seen, 0.02);
            return seen;
        }

        Activity(5).ShouldBe(0.1, 0.05);
        Activity(0).ShouldBeGreaterThan(0.2);
    }

    [Fact]
    public void Learning_makes_the_data_likelier()
    {
        using SmallMachine machine = new(SmallMachine.Of("""{"type": "sgd", "learning_rate": 0.1, "momentum": 0.5}""", 16) with { GibbsSteps = 2 });
        FloatRows data = SmallMachine.Rows(Patterns);
        int[] rows = [.. Enumerable.Range(0, 16).Select(i => i % 4)];
        double Likelihood() => Patterns.Average(machine.LogWeight) - machine.LogPartition();
        double before = Likelihood();
        for (int i = 0; i < 500; i++) machine.Session.Step(data, rows, 0.1f);
        // Of four equally likely draws, two of them the same, the best is -1.04.
        Likelihood().ShouldBeGreaterThan(-1.6);
        before.ShouldBeLessThan(-2);
    }

    [Theory]
    [InlineData("""{"type": "sgd", "learning_rate": 0.1, "momentum": 0.9}""", false)]
    [InlineData("""{"type": "adam", "learning_rate": 0.01, "global_clipnorm": 0.5}""", true)]
    public void Neither_threads_nor_a_break_change_a_bit(string optimizer, bool persistent)
    {
        TestRows data = TestRows.Normal(50, 40, 3);
        string Run(int threads, int[] parts)
        {
            BoltzmannOptions options = SmallMachine.Of(optimizer, 24) with { GibbsSteps = 2, Persistent = persistent, SampleVisible = true, SparsityCost = 0.1 };
            SmallMachine machine = new(options, threads, 0.01, 40, 150);
            foreach (int steps in parts)
            {
                SmallMachine next = new(options, threads, 0.01, 40, 150);
                next.State.CopyFrom(machine.State);
                foreach ((SlotTensor from, SlotTensor to) in machine.Session.Slots.Tensors.Zip(next.Session.Slots.Tensors))
                {
                    float[] values = new float[from.Parameter.Shape.Size];
                    from.Read(values);
                    to.Write(values);
                }

                next.Session.Iterations = machine.Session.Iterations;
                next.Session.Memory = machine.Session.Memory;
                machine.Dispose();
                machine = next;
                for (int i = 0; i < steps; i++)
                    machine.Session.Step(data, [.. Enumerable.Range(0, machine.Session.Iterations % 3 == 2 ? 10 : 24).Select(r => (int)((machine.Session.Iterations * 24) + (r * 7)) % 50)], 0.05f);
            }

            (float[] chains, float[] activity) = machine.Session.Memory;
            double[] all = [.. machine.Values("h/kernel"), .. machine.Values("h/bias"), .. machine.Values("h/visible_bias"), .. chains.Select(v => (double)v), .. activity.Select(v => (double)v)];
            machine.Dispose();
            return Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes<double>(all)));
        }

        string expected = Run(1, [7]);
        Run(2, [7]).ShouldBe(expected);
        Run(4, [2, 1, 4]).ShouldBe(expected);
        Run(1, [6]).ShouldNotBe(expected);
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using SmallMachine machine = new(SmallMachine.Of("""{"type": "sgd", "learning_rate": 0.1, "momentum": 0.9}""", 8) with { Persistent = true, SparsityCost = 0.1 });
        FloatRows data = SmallMachine.Rows(Patterns);
        int[] rows = [0, 1, 2, 3, 0, 1, 2, 3];
        machine.Session.Step(data, rows, 0.1f);
        machine.Session.Step(data, rows, 0.1f);
        long before = GC.GetAllocatedBytesForCurrentThread();
        machine.Session.Step(data, rows, 0.1f);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}
