using TrainService.NeuralNet.Optimizers;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Tests.Optimizers;

/// <summary>What every optimizer must do, against its formula in double precision.</summary>
public abstract class OptimizerChecks
{
    protected const float Rate = 0.02f;

    /// <summary>Bare name, or JSON with arguments.</summary>
    protected abstract string Json { get; }

    /// <summary>One update of one weight in double precision.</summary>
    /// <param name="t">Number of the update, from 1.</param>
    /// <param name="s">The slots, in the optimizer's order.</param>
    protected abstract double Formula(int t, double w, double g, double[] s);

    /// <summary>Largest difference after ten updates, relative to the way gone: float32 powers of β alone give 1e-5.</summary>
    protected virtual double Tolerance => 2e-5;

    protected Optimizer Optimizer => Parts.Of<Optimizer>("optimizer", Json);

    [Fact]
    public void Ten_updates_are_those_of_the_formula()
    {
        const int n = 21;
        var run = new Run(Optimizer, n);
        double[] w = [.. run.Weights.Select(v => (double)v)], start = [.. w];
        double[][] s = [.. Enumerable.Range(0, n).Select(i => run.Slots.Select(slot => (double)slot[i]).ToArray())];
        for (int t = 1; t <= 10; t++)
        {
            float[] g = Gradient(n, t);
            run.Step(g, t - 1, Rate);
            for (int i = 0; i < n; i++) w[i] = Formula(t, w[i], g[i], s[i]);
            for (int i = 0; i < n; i++)
                ((double)run.Weights[i]).ShouldBe(w[i], 1e-6 + (Tolerance * Math.Abs(w[i] - start[i])), $"weight {i} after update {t}");
        }
    }

    [Fact]
    public void Ten_updates_are_five_saved_and_loaded_and_five_more()
    {
        var whole = new Run(Optimizer, 21);
        for (int t = 1; t <= 10; t++) whole.Step(Gradient(21, t), t - 1, Rate);

        var first = new Run(Optimizer, 21);
        for (int t = 1; t <= 5; t++) first.Step(Gradient(21, t), t - 1, Rate);
        var second = new Run(Optimizer, first);
        for (int t = 6; t <= 10; t++) second.Step(Gradient(21, t), t - 1, Rate);

        second.Weights.ShouldBe(whole.Weights);
        second.Slots.ShouldBe(whole.Slots);
    }

    [Fact]
    public void A_weight_s_result_does_not_depend_on_the_piece_it_stands_in()
    {
        var whole = new Run(Optimizer, 40);
        for (int t = 1; t <= 3; t++) whole.Step(Gradient(40, t), t - 1, Rate);
        for (int length = 0; length <= 40; length++)
        {
            var cut = new Run(Optimizer, 40);
            for (int t = 1; t <= 3; t++) cut.Step(Gradient(40, t), t - 1, Rate, length);
            cut.Weights.ShouldBe(whole.Weights);
        }
    }

    [Fact]
    public void Zero_stays_zero_without_a_gradient()
    {
        var run = new Run(Optimizer, 11);
        Array.Clear(run.Weights);
        for (int t = 1; t <= 3; t++) run.Step(new float[11], t - 1, Rate);
        run.Weights.ShouldBe(new float[11]);
    }

    [Fact]
    public void NaN_in_the_gradient_shows_in_the_weight_and_nowhere_else()
    {
        var run = new Run(Optimizer, 11);
        float[] g = Gradient(11, 1);
        g[4] = float.NaN;
        run.Step(g, 0, Rate);
        run.Weights.Select(float.IsNaN).ShouldBe(Enumerable.Range(0, 11).Select(i => i == 4));
    }

    [Fact]
    public void A_rate_of_zero_leaves_the_weights_alone_at_first()
    {
        var run = new Run(Optimizer, 11);
        float[] before = [.. run.Weights];
        run.Step(Gradient(11, 1), 0, 0f);
        run.Weights.ShouldBe(before);
    }

    [Fact]
    public void Every_width_of_vector_gives_the_bits_of_the_scalar_reference()
    {
        var reference = new Run(Optimizer, 37, SimdPath.Scalar);
        SimdPath[] paths = [.. Enum.GetValues<SimdPath>().Where(SimdPaths.IsSupported)];
        Run[] others = [.. paths.Select(p => new Run(Optimizer, 37, p))];
        for (int t = 1; t <= 3; t++)
        {
            float[] g = Gradient(37, t);
            reference.Step(g, t - 1, Rate);
            foreach (Run other in others) other.Step(g, t - 1, Rate);
        }

        for (int i = 0; i < paths.Length; i++)
        {
            others[i].Weights.ShouldBe(reference.Weights, $"{paths[i]}");
            others[i].Slots.ShouldBe(reference.Slots, $"{paths[i]}");
        }
    }

    [Fact]
    public void Slots_keep_no_subnormal_numbers()
    {
        var run = new Run(Optimizer, 21);
        for (int t = 1; t <= 3; t++) run.Step([.. Enumerable.Range(0, 21).Select(i => 1e-19f * MathF.Pow(10, -i))], t - 1, Rate);
        run.Slots.SelectMany(s => s).ShouldAllBe(v => v == 0 || MathF.Abs(v) >= 1.17549435e-38f);
    }

    /// <summary>Different for each element and update, some tiny, some zero.</summary>
    private static float[] Gradient(int n, int t)
    {
        var random = new Random(t);
        return [.. Enumerable.Range(0, n).Select(i => i == 3 ? 0f : (float)((random.NextDouble() - 0.4) * (i % 5 == 4 ? 1e-4 : 1)))];
    }

    private sealed class Run
    {
        private readonly Optimizer _optimizer;
        private readonly SimdPath _path;

        public Run(Optimizer optimizer, int n, SimdPath? path = null)
        {
            _optimizer = optimizer;
            _path = path ?? SimdPaths.Best;
            Weights = [.. Enumerable.Range(0, n).Select(i => (i * 0.1f) - 0.7f)];
            Slots = [.. optimizer.Slots.Select((_, k) => Enumerable.Repeat(optimizer.SlotStart(k), n).ToArray())];
        }

        /// <summary>As if loaded from what <paramref name="saved"/> had saved.</summary>
        public Run(Optimizer optimizer, Run saved)
        {
            (_optimizer, _path) = (optimizer, saved._path);
            Weights = [.. saved.Weights];
            Slots = [.. saved.Slots.Select(s => s.ToArray())];
        }

        public float[] Weights { get; }

        public float[][] Slots { get; }

        /// <param name="cut">Where the weights are cut into two pieces.</param>
        public void Step(float[] g, long iteration, float rate, int cut = 0)
        {
            UpdateScalars scalars = _optimizer.Prepare(iteration, rate, null);
            _optimizer.Update(_path, scalars, Weights.AsSpan(0, cut), g.AsSpan(0, cut), Slot(0, 0, cut), Slot(1, 0, cut), Slot(2, 0, cut));
            int rest = Weights.Length - cut;
            _optimizer.Update(_path, scalars, Weights.AsSpan(cut), g.AsSpan(cut), Slot(0, cut, rest), Slot(1, cut, rest), Slot(2, cut, rest));
        }

        private Span<float> Slot(int k, int start, int length) => k < Slots.Length ? Slots[k].AsSpan(start, length) : default;
    }
}
