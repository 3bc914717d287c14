using TrainService.Data.Preprocessing;
using TrainService.Data.Requests;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.Data.Tests.Preprocessing;

public class PreprocessorTests
{
    // Three rows of [a, b, indicator].
    private static readonly FloatRows Rows = new(new float[] { 1, 1000, 1, 2, 1010, 0, 6, 1020, 1 }, 3);
    private static readonly bool[] Numeric = [true, true, false];

    [Fact]
    public void Standardize_gives_mean_0_and_deviation_1_and_leaves_indicators()
    {
        float[][] fitted = Apply(new Standardize("auto"), [3], Numeric);
        for (int column = 0; column < 2; column++)
        {
            float[] values = [.. fitted.Select(r => r[column])];
            values.Average().ShouldBe(0, 1e-6);
            values.Average(v => v * v).ShouldBe(1, 1e-5);
        }
        fitted.Select(r => r[2]).ShouldBe([1, 0, 1]);
        // (1 - 3) / √((4 + 1 + 9) / 3)
        fitted[0][0].ShouldBe(-0.9258201f, 1e-6f);
    }

    [Fact]
    public void Standardize_keeps_the_digits_of_values_far_from_zero()
    {
        var far = new FloatRows(new float[] { 1_000_000, 1_000_001, 1_000_002 }, 1);
        FittedStep step = new Standardize("feature").Fit(far, [1], [true]);
        float[] values = [.. Enumerable.Range(0, 3).Select(i => Applied(step, far.Row(i))[0])];
        values.ShouldBe([-1.2247449f, 0, 1.2247449f], 1e-6f);
    }

    [Fact]
    public void Samplewise_gives_each_row_mean_0_and_deviation_1_by_itself()
    {
        FittedStep step = new Samplewise(center: true, scale: true).Fit(Rows, [2, 2], [true]);
        // (1 - 3) / (√5 + 1e-6); no other row has a say, nor has a constant one anything to divide by.
        Applied(step, [1, 2, 3, 6])[0].ShouldBe(-2 / (MathF.Sqrt(3.5f) + 1e-6f), 1e-6f);
        Applied(step, [4, 4, 4, 4]).ShouldBe([0, 0, 0, 0]);
        Applied(new Samplewise(true, false).Fit(Rows, [2, 2], [true]), [1, 2, 3, 6]).ShouldBe([-2, -1, 0, 3]);
        Applied(new Samplewise(false, true).Fit(Rows, [2, 2], [true]), [1, 2, 3, 6])[3].ShouldBe(6 / (MathF.Sqrt(3.5f) + 1e-6f), 1e-6f);
        Should.Throw<ArgumentException>(() => new Samplewise(false, false));
    }

    [Fact]
    public void Featurewise_standardizes_each_channel_over_all_pixels_of_all_rows()
    {
        // Two pictures of one line, two pixels, two channels: 1, 3, 5, 7 (mean 4, deviation √5) and four times 10.
        var pictures = new FloatRows(new float[] { 1, 10, 3, 10, 5, 10, 7, 10 }, 4);
        bool[] numeric = [true, true, true, true];
        FittedStep step = new Featurewise(center: true, scale: true).Fit(pictures, [1, 2, 2], numeric);
        float[] first = Applied(step, pictures.Row(0));
        first[0].ShouldBe(-3 / MathF.Sqrt(5), 1e-5f);
        (first[1], first[3]).ShouldBe((0, 0));
        Applied(new Featurewise(true, false).Fit(pictures, [1, 2, 2], numeric), pictures.Row(1)).ShouldBe([1, 0, 3, 0]);
        Applied(new Featurewise(false, true).Fit(pictures, [1, 4], numeric), [1, 1, 1, 1])[0].ShouldBe(1 / (MathF.Sqrt(11.5f) + 1e-6f), 1e-5f);
        new Featurewise(true, true).Problem([4]).ShouldNotBeNull();
    }

    [Fact]
    public void Statistics_over_all_numbers_are_one_mean_and_one_deviation()
    {
        FittedStep step = new Standardize("auto").Fit(new FloatRows(new float[] { 0, 1, 2, 3, 4, 5, 6, 7 }, 4), [2, 2], [true, true, true, true]);
        step.Subtract.ShouldBe([3.5f]);
        step.Multiply[0].ShouldBe((float)(1 / Math.Sqrt(5.25)), 1e-7f);
    }

    [Fact]
    public void Constants_become_0_and_not_infinite()
    {
        var constant = new FloatRows(new float[] { 0.1f, 0.1f, 0.1f }, 1);
        Applied(new Standardize("feature").Fit(constant, [1], [true]), [0.1f])[0].ShouldBe(0, 1e-7f);
        Applied(new MinMax(0, 1, "feature").Fit(constant, [1], [true]), [0.1f])[0].ShouldBe(0);
    }

    [Fact]
    public void Min_max_reaches_both_ends()
    {
        float[][] fitted = Apply(new MinMax(-1, 1, "feature"), [3], Numeric);
        fitted.Select(r => r[0]).ShouldBe([-1, -0.6f, 1], 1e-6f);
        fitted.Select(r => r[1]).ShouldBe([-1, 0, 1], 1e-6f);
        fitted.Select(r => r[2]).ShouldBe([1, 0, 1]);
    }

    [Fact]
    public void Rescale_is_x_times_scale_plus_offset() => Apply(new Rescale(2, -1), [3], Numeric)[0].ShouldBe([1, 1999, 1]);

    [Fact]
    public async Task Steps_are_fitted_in_order_on_the_training_rows_alone()
    {
        using var library = new TestLibrary();
        string csv = "a,y\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"{i},{(i < 8 ? 0.5 : 100)}\n"));
        (await library.ImportCsvAsync("t", csv)).Ok.ShouldBeTrue();
        PreparedData data = await library.PrepareAsync("""{"name":"t","validation_split":0.2,"split":"tail","preprocess":[{"type":"rescale","scale":2},"standardize"]}""");
        // Rows 0 to 7, doubled: mean 7, variance 21.
        data.Preprocessing.Steps[1].Subtract.ShouldBe([7]);
        data.Train.Inputs.Row(0)[0].ShouldBe((float)(-7 / Math.Sqrt(21)), 1e-6f);
        data.Validation!.Inputs.Row(1)[0].ShouldBe((float)(11 / Math.Sqrt(21)), 1e-6f);
    }

    [Fact]
    public void The_registry_holds_every_step_with_legal_defaults()
    {
        var vocabulary = new Vocabulary(Preprocessors.Registry);
        foreach (ComponentDescriptor descriptor in Preprocessors.Registry.Descriptors)
            ((Preprocessor)vocabulary.WithDefaults("preprocessor", descriptor.Name).Create()).Name.ShouldBe(descriptor.Name);
        Should.Throw<ArgumentException>(() => new MinMax(1, 1, "auto"));
    }

    private static float[][] Apply(Preprocessor preprocessor, int[] shape, bool[] numeric)
    {
        FittedStep step = preprocessor.Fit(Rows, shape, numeric);
        return [.. Rows.Rows().Select(row => Applied(step, row))];
    }

    private static float[] Applied(FittedStep step, float[] row)
    {
        float[] applied = [.. row];
        step.Apply(applied);
        return applied;
    }

    // Keras's preprocess_input of the pixel (255, 127.5, 0), worked out by hand; ours starts from bytes / 255.
    [Theory]
    [InlineData("tf", new[] { 1f, 0, -1 })]
    [InlineData("torch", new[] { 2.2489083f, 0.19642858f, -1.8044444f })]
    [InlineData("caffe", new[] { -103.939f, 10.721f, 131.32f })]
    public void Imagenet_scaling_is_what_the_family_was_trained_on(string mode, float[] expected)
    {
        FittedStep step = new ImagenetScaling(mode).Fit(new FloatRows(new float[6], 6), [1, 2, 3], []);
        float[] row = [1, 0.5f, 0, 1, 0.5f, 0];
        step.Apply(row);
        for (int i = 0; i < 6; i++) row[i].ShouldBe(expected[i % 3], 1e-4f);
        FittedPreprocessing read = FittedPreprocessing.FromJson(new FittedPreprocessing { InputShape = [1, 2, 3], Steps = [step] }.ToJson());
        float[] again = new float[6];
        read.Apply([1, 0.5f, 0, 1, 0.5f, 0], again);
        again.ShouldBe(row);
    }

    [Fact]
    public void Imagenet_scaling_by_channel_needs_three_of_them()
    {
        new ImagenetScaling("caffe").Problem([4, 4, 1]).ShouldNotBeNull();
        new ImagenetScaling("torch").Problem([4]).ShouldNotBeNull();
        new ImagenetScaling("tf").Problem([4, 4, 1]).ShouldBeNull();
        new ImagenetScaling("caffe").Problem([4, 4, 3]).ShouldBeNull();
    }
}
