namespace TrainService.Formats.Tests;

public class NamedArrayTests
{
    [Fact]
    public void Memory_and_shape_must_agree()
    {
        Should.Throw<ArgumentException>(() => new NamedArray("a", [2, 3], new float[5]));
        Should.Throw<ArgumentException>(() => new NamedArray("a", ArrayType.Int16, [3], new byte[7]));
        Should.Throw<ArgumentException>(() => new NamedArray("a", ArrayType.UInt8, [-1], new byte[1]));
        new NamedArray("a", [], new float[1]).Count.ShouldBe(1);
        new NamedArray("a", [0, 5], Array.Empty<float>()).Count.ShouldBe(0);
    }

    [Theory]
    [InlineData(ArrayType.Bool, new byte[] { 0, 2 }, new float[] { 0, 1 })]
    [InlineData(ArrayType.UInt16, new byte[] { 255, 255 }, new float[] { 65535 })]
    [InlineData(ArrayType.Int16, new byte[] { 255, 255 }, new float[] { -1 })]
    [InlineData(ArrayType.UInt32, new byte[] { 0, 0, 0, 128 }, new float[] { 2147483648f })]
    [InlineData(ArrayType.Int32, new byte[] { 0, 0, 0, 128 }, new float[] { -2147483648f })]
    [InlineData(ArrayType.Int64, new byte[] { 255, 255, 255, 255, 255, 255, 255, 255 }, new float[] { -1 })]
    [InlineData(ArrayType.Float64, new byte[] { 0, 0, 0, 0, 0, 0, 248, 63 }, new float[] { 1.5f })]
    public void Every_type_becomes_singles(ArrayType type, byte[] bytes, float[] expected)
        => new NamedArray("a", type, [expected.Length], bytes).ToSingles().ShouldBe(expected);

    [Fact]
    public void A_message_never_carries_control_characters()
        => new ArrayFormatException("a\r\nb\u001b[0m", "x\0", "is wrong").Message.ShouldBe("a??b?[0m, array 'x?': is wrong");
}
