using System.Text.Json;
using TrainService.Data.Augmentation;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Tensors.Randomness;

namespace TrainService.Data.Tests.Augmentation;

public sealed class AugmentationReaderTests
{
    [Fact]
    public void Left_out_everything_stays_as_it_is() => Read("{}").ShouldNotBeNull().IsNone.ShouldBeTrue();

    [Theory]
    [InlineData("""{"zoom_range": 0.2}""", 0.8, 1.2)]
    [InlineData("""{"zoom_range": [0.5, 2]}""", 0.5, 2)]
    public void Zoom_is_one_number_or_two(string json, double low, double high) => Read(json)!.Zoom.ShouldBe((low, high));

    [Theory]
    [InlineData("0.25", -25, 25)] // a share of 100 pixels
    [InlineData("3.0", -3, 3)] // any number of pixels
    [InlineData("1.0", -1, 1)]
    public void A_shift_with_a_fraction_is_uniform(string text, double low, double high)
    {
        double[] shifts = Draws(text);
        shifts.Min().ShouldBeInRange(low, low * 0.9);
        shifts.Max().ShouldBeInRange(high * 0.9, high);
    }

    [Theory]
    [InlineData("3", new[] { -2.0, -1, 0, 1, 2 })]
    [InlineData("1", new[] { 0.0 })]
    [InlineData("[5, 7]", new[] { -7.0, -5, 5, 7 })]
    [InlineData("[0.1, 0.5]", new[] { -50.0, -10, 10, 50 })]
    [InlineData("[0.5, 2]", new[] { -2, -0.5, 0.5, 2 })]
    public void A_whole_shift_or_a_list_is_one_of_its_values_either_way(string text, double[] values)
        => Draws(text).Select(d => d == 0 ? 0 : d).Distinct().Order().ShouldBe(values);

    [Fact]
    public void Zero_is_no_shift() => Read("""{"width_shift_range": 0, "height_shift_range": 0.0}""")!.Warps.ShouldBeFalse();

    [Fact]
    public void Every_mistake_is_told_at_its_place()
    {
        List<SpecError> errors = [];
        Read("""{"width_shift_range": "much", "height_shift_range": -1, "zoom_range": [2, 1], "brightness_range": [1.5, 0.5]}""", errors).ShouldBeNull();
        errors.Select(e => (e.Pointer, e.Code)).ShouldBe(
        [
            ("/dataset/augment/width_shift_range", "wrong_type"), ("/dataset/augment/height_shift_range", "out_of_range"), ("/dataset/augment/zoom_range", "out_of_range"),
            ("/dataset/augment/brightness_range", "out_of_range"),
        ]);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[1, null]")]
    [InlineData("1e300")]
    [InlineData("{}")]
    [InlineData("true")]
    public void Odd_shifts_are_refused(string text)
    {
        List<SpecError> errors = [];
        Read($$"""{"width_shift_range": {{text}}}""", errors).ShouldBeNull();
        errors.ShouldHaveSingleItem().Pointer.ShouldBe("/dataset/augment/width_shift_range");
    }

    private static double[] Draws(string shift)
    {
        ShiftRange range = Read($$"""{"width_shift_range": {{shift}}}""")!.WidthShift!;
        var random = new PhiloxStream(1, RandomPurpose.Augmentation, 0);
        double[] draws = new double[500];
        for (int i = 0; i < draws.Length; i++) draws[i] = range.Draw(ref random, 100);
        return draws;
    }

    internal static AugmentationSettings? Read(string json, List<SpecError>? errors = null)
    {
        var spec = new SpecErrors();
        Arguments arguments = new SpecReader(new Vocabulary(), spec).ReadObject(JsonSerializer.Deserialize<JsonElement>(json), AugmentationSettings.Arguments, "/dataset/augment");
        spec.All.ShouldBeEmpty();
        return new AugmentationReader(arguments, "/dataset/augment", errors ?? []).Read();
    }
}
