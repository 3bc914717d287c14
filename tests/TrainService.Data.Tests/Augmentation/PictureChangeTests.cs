using TrainService.Data.Augmentation;

namespace TrainService.Data.Tests.Augmentation;

public sealed class PictureChangeTests
{
    private const int Height = 9, Width = 7;

    [Fact]
    public void Half_of_the_pictures_are_mirrored()
    {
        float[] source = Picture(), mirrored = [.. Enumerable.Range(0, source.Length).Select(i => source[(i / Width * Width) + Width - 1 - (i % Width)])];
        float[][] variants = Variants("""{"horizontal_flip": true}""", source, 400);
        variants.Count(v => v.SequenceEqual(mirrored)).ShouldBeInRange(160, 240);
        variants.ShouldAllBe(v => v.SequenceEqual(mirrored) || v.SequenceEqual(source));
    }

    [Fact]
    public void Vertical_flips_exchange_lines()
    {
        float[] source = Picture(), upside = [.. Enumerable.Range(0, source.Length).Select(i => source[((Height - 1 - (i / Width)) * Width) + (i % Width)])];
        Variants("""{"vertical_flip": true}""", source, 50).Any(v => v.SequenceEqual(upside)).ShouldBeTrue();
    }

    /// <summary>Keras's apply_channel_shift of the picture of <see cref="WarpTests"/> by 3 gives 3, 16, 12, 8, 4, 16 where there was 0, 13, 9, 5, 1, 14.</summary>
    [Fact]
    public void A_channel_shift_adds_one_number_and_stays_within_the_picture()
    {
        float[] source = Picture();
        foreach (float[] variant in Variants("""{"channel_shift_range": 40}""", source, 20))
        {
            int inner = Array.FindIndex(variant, v => v > 0.02f && v < 0.98f);
            float by = variant[inner] - source[inner];
            Math.Abs(by).ShouldBeLessThanOrEqualTo(40 / 255f);
            for (int i = 0; i < source.Length; i++) variant[i].ShouldBe(Math.Clamp(source[i] + by, source.Min(), source.Max()), 1e-5);
        }
    }

    [Fact]
    public void Brightness_multiplies_bytes_and_stays_below_white()
    {
        float[] source = Picture();
        foreach (float[] variant in Variants("""{"brightness_range": [1.5, 1.5]}""", source, 3))
            for (int i = 0; i < source.Length; i++) variant[i].ShouldBe(Math.Min(1, source[i] * 1.5f), 1e-5);
    }

    [Fact]
    public void Brightness_of_other_numbers_goes_from_the_least_to_the_largest_of_the_picture()
    {
        float[] source = [.. Picture().Select(x => (20 * x) - 10)];
        float[] variant = Variants("""{"brightness_range": [0.5, 0.5]}""", source, 1, scale: 1, bytes: false)[0];
        for (int i = 0; i < source.Length; i++) variant[i].ShouldBe(-10 + ((source[i] + 10) / 2), 1e-4);
    }

    [Fact]
    public void Cutout_blanks_a_square_that_may_reach_over_the_edge()
    {
        float[] source = [.. Enumerable.Repeat(0.5f, Height * Width)];
        float[][] variants = Variants("""{"cutout": {"size": 3, "fill": 255}}""", source, 200);
        foreach (float[] variant in variants)
        {
            int[] blank = [.. Enumerable.Range(0, variant.Length).Where(i => variant[i] == 1)];
            (int lines, int columns) = (blank.Select(i => i / Width).Distinct().Count(), blank.Select(i => i % Width).Distinct().Count());
            blank.Length.ShouldBe(lines * columns);
            lines.ShouldBeInRange(2, 3);
            columns.ShouldBeInRange(2, 3);
            variant.Count(v => v == 0.5f).ShouldBe(source.Length - blank.Length);
        }

        variants.Select(v => Array.IndexOf(v, 1)).Distinct().Count().ShouldBeGreaterThan(30);
    }

    [Fact]
    public void Cval_is_a_stored_value()
    {
        float[] variant = Variants("""{"width_shift_range": [7], "fill_mode": "constant", "cval": 51}""", Picture(), 1)[0];
        variant.ShouldAllBe(v => Math.Abs(v - 0.2f) < 1e-6);
    }

    [Fact]
    public void One_argument_more_leaves_what_the_others_draw()
    {
        AugmentationSettings few = AugmentationReaderTests.Read("""{"rotation_range": 30}""")!, more = AugmentationReaderTests.Read("""
            {"rotation_range": 30, "width_shift_range": [1, 2], "shear_range": 5, "zoom_range": 0.1, "horizontal_flip": true, "brightness_range": [0.5, 1]}
            """)!;
        for (int row = 0; row < 20; row++) PictureDraw.Of(few, 7, 3, row, 10, 10).Theta.ShouldBe(PictureDraw.Of(more, 7, 3, row, 10, 10).Theta);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(1.0)]
    [InlineData(0.001)]
    [InlineData(20.0)]
    public void Shares_of_mixup_have_the_moments_of_the_beta_distribution(double alpha)
    {
        double[] shares = [.. Enumerable.Range(0, 20_000).Select(row => (double)Mixing.Of(alpha, 1, 0, row, 100).Share)];
        double mean = shares.Average(), variance = shares.Average(s => (s - mean) * (s - mean));
        shares.ShouldAllBe(s => s >= 0 && s <= 1);
        mean.ShouldBe(0.5, 0.015);
        variance.ShouldBe(1 / (4 * ((2 * alpha) + 1)), 0.01);
        Enumerable.Range(0, 2000).Select(row => Mixing.Of(alpha, 1, 0, row, 100).Partner).Distinct().Count().ShouldBe(100);
    }

    // Half-way between pixel and pixel the picture varies, so that any move shows.
    private static float[] Picture() => [.. Enumerable.Range(0, Height * Width).Select(i => ((i * 37) % 101) / 100f)];

    private static float[][] Variants(string augment, float[] source, int count, float scale = 1 / 255f, bool bytes = true)
    {
        var change = new PictureChange(AugmentationReaderTests.Read(augment)!, Height, Width, 1, scale, bytes);
        return [.. Enumerable.Range(0, count).Select(epoch =>
        {
            float[] target = new float[source.Length];
            change.Apply(5, epoch, 3, source, target);
            return target;
        })];
    }
}
