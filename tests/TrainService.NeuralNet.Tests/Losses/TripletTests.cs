using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.Tests.Layers;
using TrainService.NeuralNet.Tests.Sessions;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Losses;

public sealed class TripletTests
{
    private const string SemiHard = "triplet", Hard = """{"type": "triplet", "mining": "hard"}""";
    private const string Layers = """[{"type": "dense", "units": 24, "activation": "tanh"}, {"type": "dense", "units": 5}]""";

    // Embeddings 0, 1 of one class and 1.5, 4 of another. Semi-hard: of the four pairs only (1.5, 4) costs anything, 1 + 6.25 - 2.25 = 5, its negative
    // being the farthest, 0. Hard: ½, 1½, 3 and ½.
    [Fact]
    public void By_hand()
    {
        float[] x = [0, 1, 1.5f, 4], gradient = new float[4];

        Judge(SemiHard, x, 1, [0, 0, 1, 1], gradient).ShouldBe(5 / 4.0);
        gradient.ShouldBe([0.75f, 0, -2, 1.25f]);
        Judge(Hard, x, 1, [0, 0, 1, 1], gradient).ShouldBe(5.5 / 4);
        // Each anchor by itself: 0 pulls 1, pushes 1.5; 1 pulls 0, pushes 1.5; 1.5 pulls 4, pushes 1; 4 pulls 1.5, pushes 1.
        gradient.ShouldBe([(-1 - 1 + 1) / 4f, (1 + 1 + 1 + 1 + 1) / 4f, (-1 - 1 - 1 - 1 - 1) / 4f, (1 + 1 - 1) / 4f]);
    }

    [Theory]
    [InlineData(SemiHard)]
    [InlineData(Hard)]
    public void Values_and_gradients_are_those_of_the_definition_in_double_precision(string json)
    {
        var random = new Random(5);
        foreach ((int rows, int length) in new[] { (2, 1), (3, 2), (7, 3), (12, 8), (20, 19) })
        {
            float[] x = [.. Enumerable.Range(0, rows * length).Select(_ => (float)((random.NextDouble() * 2) - 1))], gradient = new float[x.Length];
            float[] classes = [.. Enumerable.Range(0, rows).Select(_ => (float)random.Next(3))], weights = [.. classes.Select(c => 0.5f + c)];
            double Formula(double[] at) => json == Hard ? HardFormula(at, length, classes, weights) : SemiHardFormula(at, length, classes, weights);
            double[] wide = [.. x.Select(v => (double)v)];
            Judge(json, x, length, classes, gradient, weights).ShouldBe(Formula(wide), 1e-5);
            for (int i = 0; i < x.Length; i++)
            {
                const double h = 1e-7;
                double[] up = [.. wide], down = [.. wide];
                up[i] += h;
                down[i] -= h;
                ((double)gradient[i]).ShouldBe((Formula(up) - Formula(down)) / (2 * h), 1e-5, $"number {i} of {rows} x {length}");
            }
        }
    }

    [Theory]
    [InlineData(SemiHard)]
    [InlineData(Hard)]
    public void A_batch_without_a_triplet_costs_nothing(string json)
    {
        foreach (float[] classes in new float[][] { [1], [1, 1, 1], [0, 1, 2] })
        {
            float[] x = [.. Enumerable.Range(0, classes.Length * 2).Select(i => (float)i)], gradient = [.. x.Select(_ => 9f)];
            Judge(json, x, 2, classes, gradient).ShouldBe(0);
            gradient.ShouldAllBe(g => g == 0);
        }
    }

    [Theory]
    [InlineData(SemiHard)]
    [InlineData(Hard)]
    public void Points_that_coincide_cost_the_margin_and_have_a_finite_gradient(string json)
    {
        float[] gradient = new float[8];
        Judge(json, new float[8], 2, [0, 0, 1, 1], gradient).ShouldBe(1);
        gradient.ShouldAllBe(g => g == 0);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_is_not_finite_shows_though_its_row_is_in_no_triplet(float bad)
        => double.IsNaN(Judge(SemiHard, [0, 1, bad, 4], 1, [0, 0, 1, 0], new float[4])).ShouldBeTrue();

    [Theory]
    [InlineData(SemiHard)]
    [InlineData(Hard)]
    public void Gradients_of_a_network_are_those_of_differences(string json)
        => GradientCheck.Run(Parts.Layers(Layers), new Shape(6), Parts.Of<Loss>("loss", json), TestRows.Normal(12, 6, 1), TestRows.Classes(12, 3, 2), batch: 12);

    [Theory]
    [InlineData(SemiHard)]
    [InlineData(Hard)]
    public void Any_number_of_threads_gives_the_same_bits(string json)
    {
        string Bits(int threads)
        {
            using Training training = new(Layers, threads: threads, loss: json);
            training.Steps(20);
            return training.Bits();
        }

        Bits(2).ShouldBe(Bits(1));
        Bits(3).ShouldBe(Bits(1));
    }

    [Theory]
    [InlineData(SemiHard)]
    [InlineData(Hard)]
    public void A_step_allocates_nothing(string json)
    {
        using Training training = new(Layers, loss: json);
        training.Steps(200);
        int[] rows = [.. Enumerable.Range(0, 32)];
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

    [Theory]
    [InlineData(SemiHard)]
    [InlineData(Hard)]
    public void Training_makes_it_smaller(string json)
    {
        using Training training = new(Layers, """{"type": "adam", "learning_rate": 0.01}""", loss: json, batch: 96);
        int[] rows = [.. Enumerable.Range(0, 96)];
        float[] row = new float[20];
        TestRows quadrants = new([.. rows.Select(r =>
        {
            Training.Inputs.CopyRow(r, row);
            return new float[] { (row[0] > 0 ? 1 : 0) + (row[1] > 0 ? 2 : 0) };
        })]);
        double before = training.Session.Step(Training.Inputs, quadrants, default, rows, 0);
        for (int i = 0; i < 300; i++) training.Session.Step(Training.Inputs, quadrants, default, rows, 0.01f);
        training.Session.Step(Training.Inputs, quadrants, default, rows, 0).ShouldBeLessThan(before / 4);
    }

    [Fact]
    public void Evaluation_is_the_mean_over_batches_by_their_rows_and_agrees_with_training()
    {
        using Training training = new(Layers, loss: SemiHard);
        using InferenceSession evaluation = new(training.State, 32, training.Team);
        double first = Evaluate(evaluation, SemiHard, 32), both = Evaluate(evaluation, SemiHard, 42);
        int[] rest = [.. Enumerable.Range(32, 10)];
        double second = evaluation.Evaluate(Training.Inputs, Training.Targets, default, rest, Parts.Of<Loss>("loss", SemiHard), []).Loss;
        both.ShouldBe(((32 * first) + (10 * second)) / 42, 1e-12);
        first.ShouldNotBe(second);
        training.Session.Step(Training.Inputs, Training.Targets, default, [.. Enumerable.Range(0, 32)], 0).ShouldBe(first, 1e-5);
    }

    private static double Evaluate(InferenceSession session, string json, int rows)
        => session.Evaluate(Training.Inputs, Training.Targets, default, [.. Enumerable.Range(0, rows)], Parts.Of<Loss>("loss", json), []).Loss;

    private static double Judge(string json, float[] x, int length, float[] classes, float[] gradient, float[]? weights = null)
    {
        var loss = (BatchLoss)Parts.Of<Loss>("loss", json);
        weights ??= [.. classes.Select(_ => 1f)];
        double[] each = new double[classes.Length], alone = new double[classes.Length];
        BatchRows rows = new(x, classes.Length, length, length, classes, 1);
        loss.Judge(rows, each, weights, gradient, loss.NewScratch(classes.Length));
        loss.Judge(rows, alone, loss.NewScratch(classes.Length));
        alone.ShouldBe(each);
        return each.Zip(weights, (l, w) => l * w).Average();
    }

    private static double Squared(double[] x, int length, int a, int b) => Enumerable.Range(0, length).Sum(i => Math.Pow(x[(a * length) + i] - x[(b * length) + i], 2));

    private static double SemiHardFormula(double[] x, int length, float[] classes, float[] weights)
    {
        int n = classes.Length;
        List<double> losses = [];
        for (int a = 0; a < n; a++)
            for (int p = 0; p < n; p++)
            {
                double[] negatives = [.. Enumerable.Range(0, n).Where(i => classes[i] != classes[a]).Select(i => Squared(x, length, a, i))];
                if (p == a || classes[p] != classes[a] || negatives.Length == 0) continue;
                double d = Squared(x, length, a, p);
                double negative = negatives.Any(v => v > d) ? negatives.Where(v => v > d).Min() : negatives.Max();
                losses.Add(weights[a] * Math.Max(1 + d - negative, 0));
            }

        return losses.DefaultIfEmpty(0).Average();
    }

    private static double HardFormula(double[] x, int length, float[] classes, float[] weights)
    {
        int n = classes.Length;
        List<double> losses = [];
        for (int a = 0; a < n; a++)
        {
            double[] negatives = [.. Enumerable.Range(0, n).Where(i => classes[i] != classes[a]).Select(i => Math.Sqrt(Squared(x, length, a, i)))];
            double[] positives = [.. Enumerable.Range(0, n).Where(i => i != a && classes[i] == classes[a]).Select(i => Math.Sqrt(Squared(x, length, a, i)))];
            if (negatives.Length > 0 && positives.Length > 0) losses.Add(weights[a] * Math.Max(1 + positives.Max() - negatives.Min(), 0));
        }

        return losses.DefaultIfEmpty(0).Average();
    }
}
