namespace TrainService.Tensors.Kernels.Lanes;

/// <summary>One word: the reference.</summary>
internal readonly unsafe struct WordLaneScalar : IWordLane<uint>
{
    public static int Width => 1;

    public static uint Sequence => 0;

    public static uint Create(uint word) => word;

    public static uint Add(uint a, uint b) => a + b;

    public static uint Xor(uint a, uint b) => a ^ b;

    public static uint MultiplyWide(uint a, uint b, out uint high)
    {
        ulong product = (ulong)a * b;
        high = (uint)(product >> 32);
        return (uint)product;
    }

    public static void Keep(uint words, uint threshold, float scale, float* x, float* y) => *y = words >= threshold ? *x * scale : 0f;
}
