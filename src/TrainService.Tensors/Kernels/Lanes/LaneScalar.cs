using static System.BitConverter;

namespace TrainService.Tensors.Kernels.Lanes;

/// <summary>One float: the reference, and the way out on a processor without fused multiply-add.</summary>
internal readonly unsafe struct LaneScalar : ILane<float>
{
    public static int Width => 1;

    public static float Load(float* source) => *source;

    public static float LoadBytes(byte* source) => *source;

    public static void Store(float value, float* destination) => *destination = value;

    public static float Broadcast(float* source) => *source;

    public static float Create(float value) => value;

    public static float CreateBits(int value) => Int32BitsToSingle(value);

    public static float Add(float a, float b) => a + b;

    public static float Subtract(float a, float b) => a - b;

    public static float Multiply(float a, float b) => a * b;

    public static float Divide(float a, float b) => a / b;

    public static float Sqrt(float a) => MathF.Sqrt(a);

    public static float MultiplyAdd(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    public static float Less(float a, float b) => Int32BitsToSingle(a < b ? -1 : 0);

    public static float Select(float mask, float yes, float no) => SingleToInt32Bits(mask) != 0 ? yes : no;

    public static float And(float a, float b) => Int32BitsToSingle(SingleToInt32Bits(a) & SingleToInt32Bits(b));

    public static float Or(float a, float b) => Int32BitsToSingle(SingleToInt32Bits(a) | SingleToInt32Bits(b));

    public static float AddBits(float a, float b) => Int32BitsToSingle(SingleToInt32Bits(a) + SingleToInt32Bits(b));

    public static float SubtractBits(float a, float b) => Int32BitsToSingle(SingleToInt32Bits(a) - SingleToInt32Bits(b));

    public static float ShiftBitsLeft(float a, int count) => Int32BitsToSingle(SingleToInt32Bits(a) << count);

    public static float ShiftBitsRight(float a, int count) => Int32BitsToSingle(SingleToInt32Bits(a) >> count);

    public static float IntegerToFloat(float bits) => SingleToInt32Bits(bits);
}
