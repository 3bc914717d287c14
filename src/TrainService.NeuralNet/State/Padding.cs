namespace TrainService.NeuralNet.State;

/// <summary>Rows and panels are padded to 16 floats: one cache line, one AVX-512 register, two AVX2 ones.</summary>
public static class Padding
{
    public const int Width = 16;

    public static long Up(long length) => (length + Width - 1) / Width * Width;

    public static int Up(int length) => (length + Width - 1) / Width * Width;
}
