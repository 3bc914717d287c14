using TrainService.Formats;
using TrainService.Formats.Onnx;

namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>Works out beforehand what depends on constants and shapes alone, as PyTorch and TensorFlow write them around reshapes.</summary>
/// <param name="held">Numbers that the file holds: weights in 8 or 16 bits are brought back by nodes.</param>
internal sealed class OnnxFolding(long held)
{
    /// <summary>Numbers that may be worked out for a file, beside a few times those that it holds.</summary>
    private const long MostNumbers = 1 << 22;

    private static readonly Dictionary<string, Func<OnnxCall, OnnxConstant[]>> Operators = new(StringComparer.Ordinal)
    {
        ["Constant"] = c => [Constant(c)],
        ["ConstantOfShape"] = c => [Filled(c)],
        ["Identity"] = c => [c.Constant(0, "input")],
        ["Cast"] = c => [Cast(c)],
        ["Reshape"] = c => [c.Constant(0, "input") is var x ? x.As(OnnxShapes.Target(c, x.Shape, c.AttributeOrInput("shape", 1))) : x],
        ["Flatten"] = c => [c.Constant(0, "input") is var x && c.Axis(c.Integer("axis", 1), x.Shape.Count + 1) is var axis ? x.As([Product(x.Shape.Take(axis)), Product(x.Shape.Skip(axis))]) : x],
        ["Transpose"] = c => [Transpose(c)],
        ["Squeeze"] = c => [c.Constant(0, "input") is var x ? x.As(OnnxShapes.Squeezed(c, x.Shape, c.AttributeOrInput("axes", 1))) : x],
        ["Unsqueeze"] = c => [c.Constant(0, "input") is var x ? x.As(OnnxShapes.Unsqueezed(c, x.Shape, c.AttributeOrInput("axes", 1) ?? [])) : x],
        ["Concat"] = c => [Concat(c)],
        ["Gather"] = c => [Gather(c)],
        ["Slice"] = c => [Slice(c)],
        ["Expand"] = c => [Spread(c, c.Constant(0, "input"), Broadcast(c, c.Constant(0, "input").Shape, c.Constant(1, "shape").Longs))],
        ["Range"] = c => [Range(c)],
        ["Shape"] = c => [OnnxConstant.Of("(shape)", [c.Constant(0, "input").Shape.Count], c.Constant(0, "input").Shape.ToArray())],
        ["Size"] = c => [OnnxConstant.Of("(size)", [], [c.Constant(0, "input").Count])],
        ["Add"] = c => [Join(c, (a, b) => a + b, (a, b) => a + b)],
        ["Sub"] = c => [Join(c, (a, b) => a - b, (a, b) => a - b)],
        ["Mul"] = c => [Join(c, (a, b) => a * b, (a, b) => unchecked(a * b))],
        ["Div"] = c => [Join(c, (a, b) => a / b, (a, b) => b == 0 || (a == long.MinValue && b == -1) ? 0 : a / b)],
        ["Max"] = c => [Join(c, Math.Max, Math.Max)],
        ["Min"] = c => [Join(c, Math.Min, Math.Min)],
        ["Pow"] = c => [Join(c, MathF.Pow, (a, b) => (long)Math.Pow(a, b))],
        ["Equal"] = c => [Join(c, (a, b) => a == b ? 1 : 0, (a, b) => a == b ? 1 : 0)],
        ["Where"] = c => [Where(c)],
        ["Neg"] = c => [Each(c, a => -a, a => -a)],
        ["Sqrt"] = c => [Each(c, MathF.Sqrt, null)],
        ["Reciprocal"] = c => [Each(c, a => 1 / a, null)],
        ["Exp"] = c => [Each(c, MathF.Exp, null)],
        ["Floor"] = c => [Each(c, MathF.Floor, null)],
        ["Ceil"] = c => [Each(c, MathF.Ceiling, null)],
        ["ReduceProd"] = c => [OnnxConstant.Of("(product)", [], [c.Constant(0, "input").Longs.Aggregate(1L, (a, b) => a * b)])],
        ["DequantizeLinear"] = c => [Dequantized(c)],
    };

    private long _numbers;

    /// <summary>What can be worked out beforehand, by name.</summary>
    public static IEnumerable<string> Known => Operators.Keys.Concat(["Shape", "Size"]).Distinct(StringComparer.Ordinal);

    public static bool Knows(string name) => Operators.ContainsKey(name);

    /// <summary>What a node gives whose inputs are all constants, or that asks for a shape; null for any other node.</summary>
    public static OnnxConstant[]? TryFold(OnnxCall call)
    {
        if (call.Node.Operator is "Shape" or "Size" && call.Has(0) && call.IsValue(0)) return [ShapeOf(call)];
        for (int i = 0; i < call.Count; i++)
            if (call.Has(i) && call.IsValue(i)) return null;
        if (!Operators.TryGetValue(call.Node.Operator, out Func<OnnxCall, OnnxConstant[]>? fold)) return null;
        if (call.Node.Operator is not ("Constant" or "ConstantOfShape" or "Identity" or "Reshape" or "Squeeze" or "Unsqueeze" or "Flatten" or "Transpose")) call.Translation.Folding.Spend(call, 0);
        OnnxConstant[] result = fold(call);
        return result;
    }

    /// <summary>Counts numbers that are worked out, before they are.</summary>
    public void Spend(OnnxCall call, long numbers)
    {
        for (int i = 0; i < call.Count; i++)
            if (call.Has(i) && !call.IsValue(i)) numbers += call.Translation.Constant(call.Node.Inputs[i]).Count;
        if ((_numbers += numbers) > MostNumbers + (3 * held)) throw call.Refuse($"constants of more than {MostNumbers:N0} numbers would have to be worked out beforehand.", "too_large");
    }

    /// <summary>The shape that two arrays are brought to, matched from the last axis on, where one of size 1 stands for all.</summary>
    public static long[] Broadcast(OnnxCall call, IReadOnlyList<long> a, IReadOnlyList<long> b)
    {
        long[] shape = new long[Math.Max(a.Count, b.Count)];
        for (int i = 0; i < shape.Length; i++)
        {
            long x = i < shape.Length - a.Count ? 1 : a[i - (shape.Length - a.Count)], y = i < shape.Length - b.Count ? 1 : b[i - (shape.Length - b.Count)];
            shape[i] = x == y || y == 1 ? x : x == 1 ? y : throw call.Refuse($"its inputs have the shapes [{string.Join(", ", a)}] and [{string.Join(", ", b)}], which don't fit.", "broken_file");
        }
        return shape;
    }

    private static OnnxConstant ShapeOf(OnnxCall call)
    {
        OnnxValue value = call.Lookup(0);
        long[] shape = [call.Translation.Batch, .. value.Dims.Select(n => (long)n)];
        if (call.Node.Operator == "Size") return OnnxConstant.Of("(size)", [], [Product(shape)]);
        int start = Clamp(call.Integer("start", 0)), end = Clamp(call.Integer("end", shape.Length));
        long[] part = start < end ? shape[start..end] : [];
        return OnnxConstant.Of("(shape)", [part.Length], part);

        int Clamp(long axis) => (int)Math.Clamp(axis < 0 ? axis + shape.Length : axis, 0, shape.Length);
    }

    private static OnnxConstant Constant(OnnxCall call)
    {
        string name = call.Node.Outputs.Count > 0 ? call.Node.Outputs[0] : "";
        if ((call.Find("value") ?? call.Find("sparse_value"))?.Tensor is { } tensor) return OnnxConstant.Of(tensor, name);
        if (call.Find("value_float")?.Number is { } number) return OnnxConstant.Of(name, [], [number]);
        if (call.Find("value_int")?.Integer is { } integer) return OnnxConstant.Of(name, [], [integer]);
        if (call.Find("value_floats")?.Numbers is { } numbers) return OnnxConstant.Of(name, [numbers.Count], [.. numbers]);
        if (call.Find("value_ints")?.Integers is { } integers) return OnnxConstant.Of(name, [integers.Count], [.. integers]);
        throw call.Refuse("its value is no array of numbers.");
    }

    private static OnnxConstant Filled(OnnxCall call)
    {
        long[] shape = call.Constant(0, "shape").Longs;
        if (shape.Length > 8 || shape.Any(n => n < 0) || Product(shape) > int.MaxValue) throw call.Refuse("its shape is beyond what can be computed with.", "too_large");
        NamedArray? value = call.Find("value")?.Tensor;
        string name = call.Node.Outputs[0];
        if (value is null || value.Type.IsFloat()) return OnnxConstant.Uniform(name, shape, value is { Count: > 0 } ? value.ToSingles()[0] : 0);
        call.Translation.Folding.Spend(call, Product(shape));
        long[] numbers = new long[Product(shape)];
        if (value.Count > 0) Array.Fill(numbers, OnnxConstant.Of(value, name).Longs[0]);
        return OnnxConstant.Of(name, shape, numbers);
    }

    private static OnnxConstant Cast(OnnxCall call)
    {
        OnnxConstant x = call.Constant(0, "input");
        bool whole = ((OnnxElement)call.Integer("to", 1)).ToArrayType() is { } type ? !type.IsFloat() : throw call.Refuse("it makes something else than numbers.");
        bool truth = call.Integer("to", 1) == (long)OnnxElement.Bool;
        if (truth) return OnnxConstant.Of(x.From, x.Shape, [.. x.Floats.Select(n => n != 0 ? 1L : 0L)]);
        return whole == x.IsWhole ? x : whole ? OnnxConstant.Of(x.From, x.Shape, x.Longs) : OnnxConstant.Of(x.From, x.Shape, x.Floats);
    }

    private static OnnxConstant Transpose(OnnxCall call)
    {
        OnnxConstant x = call.Constant(0, "input");
        return x.Turn(OnnxShapes.Order(call, x.Shape.Count));
    }

    private static OnnxConstant Concat(OnnxCall call)
    {
        OnnxConstant[] parts = [.. Enumerable.Range(0, call.Count).Select(i => call.Constant(i, $"input {i}"))];
        OnnxConstant first = parts[0];
        int axis = call.Axis(call.Integer("axis", 1), first.Shape.Count);
        if (parts.Any(p => p.IsWhole != first.IsWhole || p.Shape.Count != first.Shape.Count || p.Shape.Where((n, i) => i != axis && n != first.Shape[i]).Any())) throw call.Refuse("its inputs don't fit together.", "broken_file");
        long[] shape = [.. first.Shape];
        shape[axis] = parts.Sum(p => p.Shape[axis]);
        Array result = first.IsWhole ? new long[Product(shape)] : new float[Product(shape)];
        long outer = Product(shape.Take(axis)), at = 0;
        for (long i = 0; i < outer; i++)
            foreach (OnnxConstant part in parts)
            {
                long piece = part.Count / Math.Max(1, outer);
                Array.Copy(part.Data, i * piece, result, at, piece);
                at += piece;
            }
        return OnnxConstant.Of("(joined)", shape, result);
    }

    private static OnnxConstant Gather(OnnxCall call)
    {
        OnnxConstant x = call.Constant(0, "input"), indices = call.Constant(1, "indices");
        int axis = call.Axis(call.Integer("axis", 0), x.Shape.Count);
        long length = x.Shape[axis], inner = Product(x.Shape.Skip(axis + 1)), outer = Product(x.Shape.Take(axis));
        long[] shape = [.. x.Shape.Take(axis), .. indices.Shape, .. x.Shape.Skip(axis + 1)];
        call.Translation.Folding.Spend(call, Product(shape));
        Array result = x.IsWhole ? new long[Product(shape)] : new float[Product(shape)];
        long at = 0;
        for (long i = 0; i < outer; i++)
            foreach (long index in indices.Longs)
            {
                long from = index < 0 ? index + length : index;
                if (from < 0 || from >= length) throw call.Refuse($"it asks for number {index} of {length}.", "broken_file");
                Array.Copy(x.Data, ((i * length) + from) * inner, result, at, inner);
                at += inner;
            }
        return OnnxConstant.Of(x.From, shape, result);
    }

    private static OnnxConstant Slice(OnnxCall call)
    {
        OnnxConstant x = call.Constant(0, "input");
        Array data = x.Data;
        long[] shape = [.. x.Shape];
        foreach (OnnxCut cut in OnnxCut.Of(call, x.Shape))
        {
            long outer = Product(shape.Take(cut.Axis)), length = shape[cut.Axis], inner = Product(shape.Skip(cut.Axis + 1)), at = 0;
            shape[cut.Axis] = cut.Count;
            Array taken = x.IsWhole ? new long[Product(shape)] : new float[Product(shape)];
            for (long i = 0; i < outer; i++)
                for (long k = 0; k < cut.Count; k++, at += inner)
                    Array.Copy(data, ((i * length) + cut.Start + (k * cut.Step)) * inner, taken, at, inner);
            data = taken;
        }
        return OnnxConstant.Of(x.From, shape, data);
    }

    private static OnnxConstant Range(OnnxCall call)
    {
        OnnxConstant start = call.Constant(0, "start"), limit = call.Constant(1, "limit"), delta = call.Constant(2, "delta");
        double first = start.Floats[0], step = delta.Floats[0], count = Math.Ceiling((limit.Floats[0] - first) / step);
        if (!(count <= 1 << 20)) throw call.Refuse("it counts too far.", "too_large");
        int n = (int)Math.Max(0, count);
        return start.IsWhole ? OnnxConstant.Of("(range)", [n], [.. Enumerable.Range(0, n).Select(i => start.Longs[0] + (i * delta.Longs[0]))])
            : OnnxConstant.Of("(range)", [n], [.. Enumerable.Range(0, n).Select(i => (float)(first + (i * step)))]);
    }

    private static OnnxConstant Each(OnnxCall call, Func<float, float> real, Func<long, long>? whole)
    {
        OnnxConstant x = call.Constant(0, "input");
        return x.IsWhole && whole is not null ? OnnxConstant.Of(x.From, x.Shape, [.. x.Longs.Select(whole)]) : OnnxConstant.Of(x.From, x.Shape, [.. x.Floats.Select(real)]);
    }

    private static OnnxConstant Join(OnnxCall call, Func<float, float, float> real, Func<long, long, long> whole)
    {
        OnnxConstant result = call.Constant(0, "input");
        for (int i = 1; i < call.Count; i++)
        {
            OnnxConstant other = call.Constant(i, $"input {i}");
            long[] shape = Broadcast(call, result.Shape, other.Shape);
            OnnxConstant a = Spread(call, result, shape), b = Spread(call, other, shape);
            result = a.IsWhole && b.IsWhole ? OnnxConstant.Of(result.From, shape, [.. a.Longs.Zip(b.Longs, whole)]) : OnnxConstant.Of(result.From, shape, [.. a.Floats.Zip(b.Floats, real)]);
        }
        return result;
    }

    private static OnnxConstant Where(OnnxCall call)
    {
        OnnxConstant condition = call.Constant(0, "condition"), yes = call.Constant(1, "first choice"), no = call.Constant(2, "second choice");
        long[] shape = Broadcast(call, Broadcast(call, condition.Shape, yes.Shape), no.Shape);
        long[] which = Spread(call, condition, shape).Longs;
        (yes, no) = (Spread(call, yes, shape), Spread(call, no, shape));
        return yes.IsWhole && no.IsWhole ? OnnxConstant.Of(yes.From, shape, [.. which.Select((w, i) => w != 0 ? yes.Longs[i] : no.Longs[i])])
            : OnnxConstant.Of(yes.From, shape, [.. which.Select((w, i) => w != 0 ? yes.Floats[i] : no.Floats[i])]);
    }

    /// <summary>The numbers repeated along axes of size 1.</summary>
    private static OnnxConstant Spread(OnnxCall call, OnnxConstant x, long[] shape)
    {
        if (x.Shape.SequenceEqual(shape)) return x;
        long count = Product(shape);
        call.Translation.Folding.Spend(call, count);
        long[] strides = new long[shape.Length], index = new long[shape.Length];
        long stride = 1;
        for (int i = shape.Length - 1, k = x.Shape.Count - 1; k >= 0; stride *= x.Shape[k--], i--) strides[i] = x.Shape[k] == 1 ? 0 : stride;
        Array result = x.IsWhole ? new long[count] : new float[count], data = x.Data;
        for (long at = 0, from = 0; at < count; at++)
        {
            Array.Copy(data, from, result, at, 1);
            for (int k = shape.Length - 1; k >= 0; k--)
            {
                from += strides[k];
                if (++index[k] < shape[k]) break;
                from -= index[k] * strides[k];
                index[k] = 0;
            }
        }
        return OnnxConstant.Of(x.From, shape, result);
    }

    /// <summary>x = (q - zero point) · scale, for all or along an axis.</summary>
    private static OnnxConstant Dequantized(OnnxCall call)
    {
        OnnxConstant x = call.Constant(0, "input"), scale = call.Constant(1, "scale");
        OnnxConstant? zero = call.OptionalConstant(2, "zero point");
        bool each = scale.Count > 1;
        int axis = each ? call.Axis(call.Integer("axis", 1), x.Shape.Count) : 0;
        if (scale.Count == 0 || (each && scale.Count != x.Shape[axis]) || (zero is not null && zero.Count != scale.Count)) throw call.Refuse("its scales don't fit its input.", "broken_file");
        long inner = each ? Product(x.Shape.Skip(axis + 1)) : Math.Max(1, x.Count);
        float[] scales = scale.Floats;
        long[]? zeros = zero?.Longs;
        return OnnxConstant.Of(x.From, x.Shape, [.. x.Longs.Select((q, i) => (int)(i / inner % scales.Length) is var k ? (q - (zeros?[k] ?? 0)) * scales[k] : 0)]);
    }

    private static long Product(IEnumerable<long> shape) => shape.Aggregate(1L, (a, b) => checked(a * b));
}
