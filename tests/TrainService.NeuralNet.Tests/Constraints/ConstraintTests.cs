using TrainService.NeuralNet.Constraints;
using TrainService.NeuralNet.Tests.Sessions;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Constraints;

public sealed class ConstraintTests
{
    // w · target(n) / (1e-7 + n), n over the column (axis 0) or the row (axis 1).
    public static TheoryData<string, int, Func<double, double>> Norms => new()
    {
        { "max_norm", 0, n => Math.Min(n, 2) },
        { """{"type": "max_norm", "max_value": 0.8, "axis": 1}""", 1, n => Math.Min(n, 0.8) },
        { """{"type": "max_norm", "max_value": 0.8, "axis": [-2]}""", 0, n => Math.Min(n, 0.8) },
        { "unit_norm", 0, _ => 1 },
        { "min_max_norm", 0, n => Math.Clamp(n, 0, 1) },
        { """{"type": "min_max_norm", "min_value": 0.5, "max_value": 0.9, "rate": 0.25}""", 0, n => (0.25 * Math.Clamp(n, 0.5, 0.9)) + (0.75 * n) },
    };

    [Theory]
    [MemberData(nameof(Norms))]
    public void Norms_are_brought_to_their_target(string json, int axis, Func<double, double> target)
    {
        Shape shape = new(7, 5);
        float[] w = Sample(shape, 0.5f), before = [.. w];
        Parts.Of<Constraint>("constraint", json).Apply(w, shape);
        for (int i = 0; i < w.Length; i++)
        {
            (int row, int column) = (i / 5, i % 5);
            double squares = axis == 0
                ? Enumerable.Range(0, 7).Sum(r => Math.Pow(before[(r * 5) + column], 2))
                : Enumerable.Range(0, 5).Sum(c => Math.Pow(before[(row * 5) + c], 2));
            double norm = Math.Sqrt(squares);
            ((double)w[i]).ShouldBe(before[i] * target(norm) / (1e-7 + norm), 1e-6);
        }
    }

    [Fact]
    public void A_norm_can_run_over_several_axes_of_a_convolution()
    {
        Shape shape = new(3, 2, 4, 6);
        float[] w = Sample(shape, 1), other = [.. w];
        Parts.Of<Constraint>("constraint", """{"type": "unit_norm", "axis": [0, 1, 2]}""").Apply(w, shape);
        for (int c = 0; c < 6; c++) Enumerable.Range(0, 24).Sum(i => Math.Pow(w[(i * 6) + c], 2)).ShouldBe(1, 1e-5);
        Parts.Of<Constraint>("constraint", """{"type": "unit_norm", "axis": [1, 3]}""").Apply(other, shape);
        Enumerable.Range(0, 12).Sum(i => Math.Pow(other[(i / 6 * 24) + (i % 6) + 6], 2)).ShouldBe(1, 1e-5);
    }

    [Fact]
    public void Negative_numbers_become_zero()
    {
        float[] w = [-1, 0, 2, -0.5f, 3];
        Parts.Of<Constraint>("constraint", "non_neg").Apply(w, new Shape(5));
        w.ShouldBe([0, 0, 2, 0, 3]);
    }

    [Fact]
    public void The_least_norm_must_not_exceed_the_greatest()
        => Should.Throw<InvalidOperationException>(() => Parts.Of<Constraint>("constraint", """{"type": "min_max_norm", "min_value": 2, "max_value": 1}"""))
            .Message.ShouldContain("min_value");

    // Kernels lie in panels: what training leaves must be what the constraint itself leaves.
    [Theory]
    [InlineData("""{"type": "max_norm", "max_value": 0.4}""")]
    [InlineData("""{"type": "max_norm", "max_value": 0.4, "axis": 1}""")]
    [InlineData("\"unit_norm\"")]
    [InlineData("\"non_neg\"")]
    public void After_an_update_kernel_and_bias_are_in_the_allowed_set(string constraint)
    {
        const string Plain = """[{"type": "dense", "units": 37, "bias_initializer": {"type": "random_normal"}}, {"type": "dense", "units": 4, "activation": "softmax"}]""";
        string biasRule = constraint.Replace(", \"axis\": 1", "", StringComparison.Ordinal);
        using Training free = new(Plain, threads: 2), bound = new(Plain.Replace("\"units\": 37", $"\"units\": 37, \"kernel_constraint\": {constraint}, \"bias_constraint\": {biasRule}", StringComparison.Ordinal), threads: 2);
        free.Steps(1);
        bound.Steps(1);
        foreach ((string name, string rule) in (ReadOnlySpan<(string, string)>)[("l0/kernel", constraint), ("l0/bias", biasRule)])
        {
            State.Parameter p = free.State.Find(name)!;
            float[] expected = new float[p.Shape.Size], got = new float[p.Shape.Size];
            p.Read(expected);
            bound.State.Find(name)!.Read(got);
            Parts.Of<Constraint>("constraint", rule.Trim('"')).Apply(expected, p.Shape);
            for (int i = 0; i < got.Length; i++) ((double)got[i]).ShouldBe(expected[i], 1e-6, $"{name}[{i}]");
        }
    }

    private static float[] Sample(Shape shape, float scale)
    {
        float[] w = new float[shape.Size];
        TestRows.Normal(1, w.Length, 3).CopyRow(0, w);
        return [.. w.Select(v => v * scale)];
    }
}
