using System.Text.Json.Nodes;
using TrainService.Formats;
using TrainService.Formats.Onnx;
using TrainService.NeuralNet.Layers.Quantization;

namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>
/// QuantizeLinear with DequantizeLinear behind it: numbers rounded to 256 steps, which is a fake_quantization here. Rounding that is finer, coarser or other for
/// each channel is left out, and the report says so.
/// </summary>
internal static class OnnxRounding
{
    public static void Quantize(OnnxCall c) => c.Set(c.Value(0) with { RoundedBy = c });

    public static void Dequantize(OnnxCall c)
    {
        OnnxValue x = c.Lookup(0);
        if (x.RoundedBy is not { } rounding) throw c.Refuse("numbers of 8 bits come in.");
        x = x with { RoundedBy = null };
        if (GridOf(rounding) is not { } grid)
        {
            c.Note("left out with the rounding before it: numbers are not rounded so here");
            c.Set(x);
            return;
        }
        if (GridOf(c, rounding) is not { } back || back != grid) throw c.Refuse($"it brings numbers back in other steps than {rounding.Node.Operator} before it rounded them to.");
        string layer = c.Layers.Add("fake_quantization", c.Name, new JsonObject { [FakeQuantization.MinKey] = grid.Range.Min, [FakeQuantization.MaxKey] = grid.Range.Max }, x.Layer);
        c.Set(x with { Layer = layer });
    }

    private static EightBitGrid? GridOf(OnnxCall call) => GridOf(call, call);

    /// <param name="call">Whose scale and zero point are read.</param>
    /// <param name="rounding">Says which whole numbers there are, when it has no zero point to tell.</param>
    /// <returns>Null for anything but 256 steps, the same everywhere.</returns>
    private static EightBitGrid? GridOf(OnnxCall call, OnnxCall rounding)
    {
        if (call.Constant(1, "scale") is not { Count: 1, IsWhole: false } scale || !(scale.Floats[0] > 1e-30f) || !float.IsFinite(scale.Floats[0])) return null;
        OnnxConstant? zero = call.OptionalConstant(2, "zero point");
        ArrayType? type = rounding.OptionalConstant(2, "zero point") is { } told ? told.Element : ((OnnxElement)rounding.Integer("output_dtype", (long)OnnxElement.UInt8)).ToArrayType();
        if (type is not (ArrayType.UInt8 or ArrayType.Int8) || zero is { Count: not 1 }) return null;
        long point = (zero?.Longs[0] ?? 0) + (type == ArrayType.Int8 ? 128 : 0);
        double step = scale.Floats[0];
        return point is >= 0 and <= 255 ? new EightBitGrid(-point * step, (255 - point) * step) : null;
    }
}
