using System.Text.Json;
using TrainService.Data.Augmentation;

namespace TrainService.Data.Tests.Augmentation;

/// <summary>
/// keras-affine.json was made by Keras's own apply_affine_transform (3.15.1, keras/src/legacy/preprocessing/image.py) with SciPy 1.10.1, order 1, cval -5, on the 6 x 6
/// picture (7 r + 13 c + 3 r c) mod 17. Keras's tx moves along lines, once it has exchanged the axes.
/// </summary>
public sealed class WarpTests
{
    private const int Side = 6;

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, 24)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void As_Keras_warps_with_each_fill_mode(int index)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Augmentation", "keras-affine.json")));
        JsonElement given = file.RootElement[index];
        double Of(string name, double otherwise) => given.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : otherwise;
        PictureDraw draw = new(Radians(Of("theta", 0)), Of("tx", 0), Of("ty", 0), Radians(Of("shear", 0)), Of("zx", 1), Of("zy", 1), false, false, 0, 1);
        float[] result = Apply(Picture(1), 1, AffineMap.Of(draw, Side, Side), Enum.Parse<FillMode>(given.GetProperty("fill_mode").GetString()!, ignoreCase: true));
        float[] expected = [.. given.GetProperty("expected").EnumerateArray().Select(e => e.GetSingle())];
        for (int i = 0; i < expected.Length; i++) result[i].ShouldBe(expected[i], 2e-5, $"pixel {i}");
    }

    [Theory]
    [InlineData(FillMode.Nearest)]
    [InlineData(FillMode.Constant)]
    [InlineData(FillMode.Reflect)]
    [InlineData(FillMode.Wrap)]
    public void Every_channel_is_warped_as_a_picture_of_its_own(FillMode fill)
    {
        PictureDraw draw = new(0.4, 1.2, -0.7, 0.2, 0.8, 1.1, true, false, 0, 1);
        AffineMap map = AffineMap.Of(draw, Side, Side);
        float[] alone = Apply(Picture(1), 1, map, fill);
        foreach (int channels in (int[])[2, 3, 4])
        {
            float[] result = Apply(Picture(channels), channels, map, fill);
            for (int i = 0; i < alone.Length; i++)
                for (int c = 0; c < channels; c++)
                    result[(i * channels) + c].ShouldBe(fill == FillMode.Constant && alone[i] == -5 ? -5 : alone[i] + (100 * c), 1e-4);
        }
    }

    [Fact]
    public void Flips_within_the_map_are_those_of_the_finished_picture()
    {
        PictureDraw draw = new(0.5, 0.8, 1.4, -0.3, 1.2, 0.9, false, false, 0, 1);
        float[] plain = Apply(Picture(1), 1, AffineMap.Of(draw, Side, Side), FillMode.Reflect);
        float[] flipped = Apply(Picture(1), 1, AffineMap.Of(draw with { FlipHorizontal = true, FlipVertical = true }, Side, Side), FillMode.Reflect);
        for (int i = 0; i < plain.Length; i++) flipped[i].ShouldBe(plain[plain.Length - 1 - i], 1e-4);
    }

    [Fact]
    public void A_picture_that_is_not_square_turns_about_its_middle()
    {
        // Half a turn is both flips, whatever the shape.
        float[] picture = [1, 2, 3, 4, 5, 6, 7, 8];
        float[] turned = new float[8];
        Warp.Apply(picture, 2, 4, 1, AffineMap.Of(new PictureDraw(Math.PI, 0, 0, 0, 1, 1, false, false, 0, 1), 2, 4), FillMode.Nearest, 0, turned);
        for (int i = 0; i < 8; i++) turned[i].ShouldBe(picture[7 - i], 1e-5);
    }

    [Fact]
    public void Width_shift_moves_along_lines_and_height_shift_from_line_to_line()
    {
        float[] picture = [1, 2, 3, 4, 5, 6, 7, 8, 9], moved = new float[9];
        Warp.Apply(picture, 3, 3, 1, AffineMap.Of(new PictureDraw(0, 1, 0, 0, 1, 1, false, false, 0, 1), 3, 3), FillMode.Constant, 0, moved);
        moved.ShouldBe([2, 3, 0, 5, 6, 0, 8, 9, 0]);
        Warp.Apply(picture, 3, 3, 1, AffineMap.Of(new PictureDraw(0, 0, 1, 0, 1, 1, false, false, 0, 1), 3, 3), FillMode.Constant, 0, moved);
        moved.ShouldBe([4, 5, 6, 7, 8, 9, 0, 0, 0]);
    }

    private static float[] Apply(float[] picture, int channels, in AffineMap map, FillMode fill)
    {
        float[] result = new float[picture.Length];
        Warp.Apply(picture, Side, Side, channels, map, fill, -5, result);
        return result;
    }

    // Channel c is 100 c above the first.
    private static float[] Picture(int channels)
        => [.. Enumerable.Range(0, Side * Side * channels).Select(i => (i / channels / Side, i / channels % Side, i % channels)).Select(p => ((7 * p.Item1) + (13 * p.Item2) + (3 * p.Item1 * p.Item2)) % 17 + (100f * p.Item3))];

    private static double Radians(double degrees) => degrees * Math.PI / 180;
}
