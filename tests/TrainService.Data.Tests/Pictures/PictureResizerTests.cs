using TrainService.Data.Pictures;

namespace TrainService.Data.Tests.Pictures;

public sealed class PictureResizerTests
{
    public static TheoryData<int, int, int, int, int> Sizes => new()
    {
        { 9, 13, 3, 5, 4 }, { 9, 13, 3, 20, 31 }, { 1, 1, 3, 4, 4 }, { 40, 97, 3, 17, 50 }, { 64, 64, 1, 7, 90 }, { 5, 5, 1, 1, 1 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Bilinear_is_the_formula(int height, int width, int channels, int newHeight, int newWidth)
    {
        Picture picture = Random(height, width, channels);
        Picture resized = new PictureResizer(newHeight, newWidth, ResizeMode.Bilinear, keepAspect: false).Resize(picture);
        for (int y = 0; y < newHeight; y++)
        {
            for (int x = 0; x < newWidth; x++)
            {
                for (int c = 0; c < channels; c++)
                {
                    // Half-pixel centres, the edge continued: x' = (x + 1/2) · old / new - 1/2.
                    double v = ((y + 0.5) * height / newHeight) - 0.5, u = ((x + 0.5) * width / newWidth) - 0.5;
                    double At(double row, double column)
                        => picture.Pixels[(((int)Math.Clamp(row, 0, height - 1) * width) + (int)Math.Clamp(column, 0, width - 1)) * channels + c];
                    double fy = v - Math.Floor(v), fx = u - Math.Floor(u);
                    (double t, double l) = (Math.Floor(v), Math.Floor(u));
                    double expected = ((1 - fy) * (((1 - fx) * At(t, l)) + (fx * At(t, l + 1)))) + (fy * (((1 - fx) * At(t + 1, l)) + (fx * At(t + 1, l + 1))));
                    Math.Abs(resized.Pixels[(((y * newWidth) + x) * channels) + c] - expected).ShouldBeLessThan(0.5 + 1e-3);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Nearest_takes_a_pixel_as_it_is(int height, int width, int channels, int newHeight, int newWidth)
    {
        Picture picture = Random(height, width, channels);
        Picture resized = new PictureResizer(newHeight, newWidth, ResizeMode.Nearest, keepAspect: false).Resize(picture);
        for (int y = 0; y < newHeight; y++)
            for (int x = 0; x < newWidth; x++)
                for (int c = 0; c < channels; c++)
                    resized.Pixels[(((y * newWidth) + x) * channels) + c].ShouldBe(
                        picture.Pixels[((((((2 * y) + 1) * height / (2 * newHeight)) * width) + (((2 * x) + 1) * width / (2 * newWidth))) * channels) + c]);
    }

    [Fact]
    public void Keeping_the_aspect_cuts_the_middle_out()
    {
        // Columns 0 to 9; of 10 x 4 the middle 4 columns make a square.
        Picture picture = new(4, 10, 1, [.. Enumerable.Range(0, 40).Select(i => (byte)(i % 10))]);
        new PictureResizer(4, 4, ResizeMode.Bilinear, keepAspect: true).Resize(picture).Pixels[..4].ShouldBe([3, 4, 5, 6]);
        new PictureResizer(2, 2, ResizeMode.Bilinear, keepAspect: true).Resize(picture).Pixels.ShouldBe([4, 6, 4, 6]);
    }

    private static Picture Random(int height, int width, int channels)
    {
        byte[] pixels = new byte[height * width * channels];
        new Random(height + width).NextBytes(pixels);
        return new Picture(height, width, channels, pixels);
    }
}
