namespace TrainService.NeuralNet.Layers.Quantization;

/// <summary>
/// 256 numbers at equal distances, among them 0: x = (q - zero point) · scale with q from 0 to 255. ONNX's QuantizeLinear and DequantizeLinear on unsigned bytes
/// mean the same.
/// </summary>
public readonly record struct EightBitGrid
{
    private const int Steps = 255;

    /// <param name="min">At most 0.</param>
    /// <param name="max">At least 0, and above <paramref name="min"/>. Both ends move by up to half a step, so that 0 lies on the grid.</param>
    public EightBitGrid(double min, double max)
    {
        if (!(min <= 0 && max >= 0 && max > min)) throw new ArgumentOutOfRangeException(nameof(max), max, $"From {min} to {max} is no range that holds 0.");
        // A scale that is no normal number would lose its last bits.
        Scale = Math.Max((float)((max - min) / Steps), 1e-30f);
        ZeroPoint = (int)Math.Clamp(Math.Round(-min / Scale), 0, Steps);
    }

    public float Scale { get; }

    /// <summary>The whole number that stands for 0.</summary>
    public int ZeroPoint { get; }

    /// <summary>How many steps it reaches below 0; 0 or less.</summary>
    public int Lowest => -ZeroPoint;

    /// <summary>How many steps it reaches above 0.</summary>
    public int Highest => Steps - ZeroPoint;

    /// <summary>The ends as numbers: the grid that is made of them is this one again.</summary>
    public (double Min, double Max) Range => (Lowest * (double)Scale, Highest * (double)Scale);
}
