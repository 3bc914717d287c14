using System.Diagnostics;
using System.Text.Json;
using TrainService.Data.Pictures;
using TrainService.Formats.Tests;

namespace TrainService.Data.Tests.Pictures;

/// <summary>Small files of every kind against what Pillow 9.4 makes of them (transposed by EXIF, alpha left out).</summary>
public sealed class PictureDecoderTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(PathOf("golden.json"))).RootElement;

    public static TheoryData<string> Files => [.. Golden.EnumerateObject().Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_becomes_the_pixels_that_Pillow_sees(string name)
    {
        JsonElement golden = Golden.GetProperty(name);
        Picture picture = PictureDecoder.Decode(Bytes(name));
        (picture.Height, picture.Width, picture.Channels).ShouldBe(
            (golden.GetProperty("height").GetInt32(), golden.GetProperty("width").GetInt32(), golden.GetProperty("channels").GetInt32()));
        byte[] expected = golden.GetProperty("pixels").GetBytesFromBase64();
        picture.Pixels.Length.ShouldBe(expected.Length);
        // PNG is exact; of JPEG libraries differ by a step or two where colours were thinned out.
        int allowed = name.EndsWith(".jpg", StringComparison.Ordinal) ? 2 : 0;
        picture.Pixels.Zip(expected, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThanOrEqualTo(allowed);
    }

    [Theory]
    [InlineData("truncated.jpg", "damaged")]
    [InlineData("golden.json", "neither a JPEG nor a PNG")]
    public void What_is_no_whole_picture_is_refused(string name, string why)
        => Should.Throw<PictureException>(() => PictureDecoder.Decode(Bytes(name))).Message.ShouldContain(why);

    [Fact]
    public void Files_that_are_cut_off_or_changed_anywhere_end_in_a_picture_or_an_error()
    {
        Random random = new(5);
        int pictures = 0, errors = 0;
        foreach (string name in (string[])["rgb.jpg", "progressive.jpg", "cmyk.jpg", "orientation6.jpg", "rgb.png", "palette.png", "interlaced.png", "rgb16.png"])
        {
            byte[] whole = Bytes(name);
            // As many JPEGs as PNGs.
            int count = Mutations.Count(1600) / 4;
            double slowest = 0;
            for (int i = 0; i < count; i++)
            {
                byte[] changed = i % 4 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
                for (int k = random.Next(4); k >= 0 && changed.Length > 0; k--) changed[random.Next(changed.Length)] = (byte)random.Next(256);
                long start = Stopwatch.GetTimestamp();
                try
                {
                    Picture picture = PictureDecoder.Decode(changed);
                    picture.Pixels.Length.ShouldBe(picture.Height * picture.Width * picture.Channels);
                    pictures++;
                }
                catch (PictureException)
                {
                    errors++;
                }
                slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            Mutations.Report($"{name}: {count} damaged pictures, slowest {slowest:0.0} ms");
        }

        pictures.ShouldBeGreaterThan(0);
        errors.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_picture_of_too_many_pixels_is_refused_by_its_header()
    {
        // The frame header of a JPEG: FF C0, length, 8 bits, height, width.
        byte[] file = Bytes("rgb.jpg");
        int at = file.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        file.AsSpan(at + 5, 4).Fill(0xFE);
        Should.Throw<PictureException>(() => PictureDecoder.Decode(file)).Message.ShouldContain("pixels, more than");
    }

    [Fact]
    public void Gray_and_colour_become_each_other()
    {
        Picture colour = new(1, 2, 3, [255, 0, 0, 10, 20, 30]);
        colour.WithChannels(1).Pixels.ShouldBe([76, 18]);
        new Picture(1, 2, 1, [7, 9]).WithChannels(3).Pixels.ShouldBe([7, 7, 7, 9, 9, 9]);
        colour.WithChannels(3).ShouldBeSameAs(colour);
    }

    internal static byte[] Bytes(string name) => File.ReadAllBytes(PathOf(name));

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Pictures", "files", name);
}
