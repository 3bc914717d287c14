using System.Text.Json.Nodes;
using TrainService.Training.Running;

namespace TrainService.Training.Tests.Running;

public sealed class PictureGridTests
{
    [Theory]
    [InlineData(new[] { 28, 28 }, 64, 8, 224, 224, 64)]
    [InlineData(new[] { 4, 3, 3 }, 5, 2, 6, 12, 5)]
    [InlineData(new[] { 64, 64, 3 }, 64, 8, 256, 96, 24)]
    [InlineData(new[] { 1000, 1000, 1 }, 9, 3, 429, 143, 3)]
    public void A_sheet_has_as_many_pictures_as_fit(int[] shape, int pictures, int columns, int width, int height, int count)
    {
        JsonObject grid = PictureGrid.Of("samples", shape, new float[shape.Aggregate(pictures, (a, b) => a * b)], columns, -1, 1)!;
        ((int)grid["width"]!, (int)grid["height"]!, (int)grid["count"]!, (string)grid["media_type"]!).ShouldBe((width, height, count, "image/png"));
        byte[] png = Convert.FromBase64String((string)grid["base64"]!);
        System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)).ShouldBe(width);
    }

    [Fact]
    public void What_cannot_be_compressed_stays_small_too()
    {
        var random = new Random(1);
        float[] noise = [.. Enumerable.Range(0, 64 * 100 * 100 * 3).Select(_ => random.NextSingle())];
        ((string)PictureGrid.Of("samples", [100, 100, 3], noise, 8, 0, 1)!["base64"]!).Length.ShouldBeLessThan(110_000);
    }

    [Theory]
    [InlineData(new[] { 784 })]
    [InlineData(new[] { 8, 8, 4 })]
    public void Rows_that_are_no_pictures_are_not_shown(int[] shape) => PictureGrid.Of("samples", shape, new float[784], 2, 0, 1).ShouldBeNull();
}
