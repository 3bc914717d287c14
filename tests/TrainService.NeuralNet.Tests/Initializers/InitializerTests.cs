using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Tests.Catalog;
using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Tests.Initializers;

public class InitializerTests
{
    [Theory]
    [InlineData("zeros", 0f)]
    [InlineData("zero", 0f)]
    [InlineData("ones", 1f)]
    [InlineData("""{"type": "constant", "value": 0.25}""", 0.25f)]
    [InlineData("""{"class_name": "Constant", "config": {"value": -2.0}}""", -2f)]
    public void Constants(string json, float expected) => Fill(json, 3, 4).ShouldAllBe(v => v == expected);

    [Theory]
    [InlineData("xavier_uniform", "glorot_uniform")]
    [InlineData("xavier_normal", "glorot_normal")]
    [InlineData("uniform", "random_uniform")]
    [InlineData("normal", "random_normal")]
    [InlineData("""{"class_name": "HeNormal", "config": {"seed": null}}""", "he_normal")]
    [InlineData("""{"type": "variance_scaling", "scale": 2, "distribution": "normal"}""", "he_normal")]
    [InlineData("""{"type": "variance_scaling", "mode": "fan_avg", "distribution": "uniform"}""", "glorot_uniform")]
    [InlineData("""{"type": "variance_scaling"}""", "lecun_normal")]
    public void Other_names_for_the_same(string one, string other) => Fill(one, 20, 10).ShouldBe(Fill(other, 20, 10));

    [Fact]
    public void Fan_out_counts_the_receptive_field()
    {
        float[] byOut = Fill("""{"type": "variance_scaling", "mode": "fan_out", "distribution": "uniform"}""", 3, 3, 8, 16);
        byOut.Max(Math.Abs).ShouldBe((float)Math.Sqrt(3.0 / (9 * 16)), 1e-3);
    }

    [Fact]
    public void The_same_seed_and_stream_give_the_same_values_and_another_does_not()
    {
        Fill("he_normal", 20, 10).ShouldBe(Fill("he_normal", 20, 10));
        var other = new float[200];
        Parts.Of<Initializer>("initializer", "he_normal").Fill(other, [20, 10], new PhiloxStream(7, RandomPurpose.Initialization, 4));
        other.ShouldNotBe(Fill("he_normal", 20, 10));
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(12, 5)]
    [InlineData(5, 12)]
    public void Orthogonal_rows_or_columns_are_orthonormal_times_gain(int rows, int columns)
    {
        float[] q = Fill("""{"type": "orthogonal", "gain": 2}""", rows, columns);
        bool byColumn = rows >= columns;
        int count = Math.Min(rows, columns), length = Math.Max(rows, columns);
        float At(int i, int k) => byColumn ? q[(k * columns) + i] : q[(i * columns) + k];
        for (int i = 0; i < count; i++)
            for (int j = 0; j <= i; j++)
            {
                double dot = 0;
                for (int k = 0; k < length; k++) dot += (double)At(i, k) * At(j, k);
                dot.ShouldBe(i == j ? 4 : 0, 1e-6);
            }
    }

    [Fact]
    public void Orthogonal_takes_the_axes_before_the_last_as_one()
        => Fill("orthogonal", 2, 2, 3, 5).ShouldBe(Fill("orthogonal", 12, 5));

    [Fact]
    public void Identity_is_gain_on_the_diagonal()
        => Fill("""{"type": "identity", "gain": 3}""", 2, 3).ShouldBe([3f, 0f, 0f, 0f, 3f, 0f]);

    [Theory]
    [InlineData("identity", new[] { 3 })]
    [InlineData("identity", new[] { 3, 3, 2, 2 })]
    [InlineData("orthogonal", new[] { 3 })]
    public void Shapes_that_make_no_sense_are_refused(string name, int[] shape)
    {
        var initializer = Parts.Of<Initializer>("initializer", name);
        initializer.Objection(shape).ShouldNotBeNull();
        Should.Throw<ArgumentException>(() => initializer.Fill(new float[shape.Aggregate((a, b) => a * b)], shape, default));
    }

    [Fact]
    public void Bounds_the_wrong_way_round_are_an_error_at_their_place()
        => Components.Errors("initializer", """{"type": "random_uniform", "minval": 1, "maxval": 0}""")
            .ShouldHaveSingleItem().Pointer.ShouldBe("/minval");

    private static float[] Fill(string json, params int[] shape)
    {
        var values = new float[shape.Aggregate((a, b) => a * b)];
        Parts.Of<Initializer>("initializer", json).Fill(values, shape, new PhiloxStream(7, RandomPurpose.Initialization, 3));
        return values;
    }
}
