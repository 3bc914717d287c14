using System.Text.Json.Nodes;

namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>Operators that join several values, or a value and constants, number by number or side by side.</summary>
internal static class OnnxMerging
{
    public static void Add(OnnxCall c)
    {
        if (Constant(c) is not { } constant) Merge(c, "add");
        else c.Set(OnnxAffine.Apply(c, c.Value(1 - constant), null, c.Constant(constant, "summand")));
    }

    public static void Sub(OnnxCall c)
    {
        switch (Constant(c))
        {
            case null: Merge(c, "subtract"); break;
            case 1: c.Set(OnnxAffine.Apply(c, c.Value(0), null, Each(c.Constant(1, "subtrahend"), v => -v))); break;
            default:
                OnnxValue x = c.Value(1);
                c.Set(OnnxAffine.Apply(c, x with { Layer = OnnxElementwise.Rescale(c, x.Layer, -1, 0) }, null, c.Constant(0, "minuend")));
                break;
        }
    }

    public static void Mul(OnnxCall c)
    {
        if (Constant(c) is not { } constant) Merge(c, "multiply");
        else c.Set(OnnxAffine.Apply(c, c.Value(1 - constant), c.Constant(constant, "factor"), null));
    }

    public static void Div(OnnxCall c)
    {
        if (Constant(c) != 1) throw c.Refuse("it divides by what comes in.");
        c.Set(OnnxAffine.Apply(c, c.Value(0), Each(c.Constant(1, "divisor"), v => 1 / v), null));
    }

    public static void Pow(OnnxCall c)
    {
        OnnxConstant power = c.Constant(1, "exponent");
        OnnxValue x = c.Value(0);
        if (power.Count != 1 || power.Floats[0] is not (1 or 2 or 3)) throw c.Refuse("only powers of 1, 2 and 3 can be said.");
        if (power.Floats[0] > 1) x = x with { Layer = c.Layers.Add("multiply", c.Name, [], [.. Enumerable.Repeat(x.Layer, (int)power.Floats[0])]), NonNegative = power.Floats[0] == 2 || x.NonNegative };
        c.Set(x);
    }

    public static void Abs(OnnxCall c)
    {
        OnnxValue x = c.Value(0);
        c.Set(x with { Layer = c.Layers.Add("maximum", c.Name, [], x.Layer, OnnxElementwise.Rescale(c, x.Layer, -1, 0)), NonNegative = true });
    }

    public static void Neg(OnnxCall c)
    {
        OnnxValue x = c.Value(0);
        c.Set(x with { Layer = OnnxElementwise.Rescale(c, x.Layer, -1, 0), NonNegative = false });
    }

    /// <summary>Sum, Mean, Max and Min of any number of inputs.</summary>
    public static void Many(OnnxCall c, string type)
    {
        int[] constants = [.. Enumerable.Range(0, c.Count).Where(i => !c.IsValue(i))];
        if (constants.Length == 0)
        {
            Merge(c, type);
            return;
        }
        if (c.Count != 2 || type == "average") throw c.Refuse("it joins constants and several other inputs.");
        OnnxConstant constant = c.Constant(constants[0], "constant");
        OnnxValue x = c.Value(1 - constants[0]);
        if (type == "add") c.Set(OnnxAffine.Apply(c, x, null, constant));
        else if (constant.Count != 1) throw c.Refuse("it compares with other constants than one number.");
        else c.Set(OnnxElementwise.Limit(c, x, type == "maximum" ? constant.Floats[0] : float.NegativeInfinity, type == "minimum" ? constant.Floats[0] : float.PositiveInfinity));
    }

    public static void Concat(OnnxCall c)
    {
        OnnxValue[] inputs = [.. Enumerable.Range(0, c.Count).Select(c.Value)];
        if (inputs.Length == 1)
        {
            c.Set(inputs[0]);
            return;
        }
        int along = c.SampleAxis(c.HasAttribute("axis") ? c.Integer("axis", 1) : 1, inputs[0].Axes.Count + 1, "joins");
        if (inputs.Any(x => x.Axes.Count != inputs[0].Axes.Count || x.Dims.Where((n, i) => i != along && n != inputs[0].Dims[i]).Any())) throw c.Refuse("its inputs don't fit together.", "broken_file");
        (OnnxValue[] laid, List<int> order) = Lay(c, inputs, along);
        int place = order.IndexOf(along);
        string layer = c.Layers.Add("concatenate", c.Name, new JsonObject { ["axis"] = place == order.Count - 1 ? -1 : place + 1 }, [.. laid.Select(x => x.Layer)]);
        int[] dims = inputs[0].Dims;
        dims[along] = checked(inputs.Sum(x => x.Dims[along]));
        c.Set(Put(layer, dims, order) with { NonNegative = inputs.All(x => x.NonNegative) });
    }

    private static void Merge(OnnxCall c, string type)
    {
        OnnxValue[] inputs = [.. Enumerable.Range(0, c.Count).Select(c.Value)];
        bool nonNegative = inputs.All(x => x.NonNegative) && type != "subtract";
        if (inputs.Length == 1)
        {
            c.Set(inputs[0]);
            return;
        }
        if (inputs.Skip(1).All(inputs[0].LiesLike))
        {
            c.Set(inputs[0] with { Layer = c.Layers.Add(type, c.Name, [], [.. inputs.Select(x => x.Layer)]), NonNegative = nonNegative });
            return;
        }
        int rank = inputs[0].Axes.Count;
        if (inputs.Any(x => x.Axes.Count != rank)) throw c.Refuse("its inputs have different numbers of axes, so that one's batch meets another's features.");
        int[] dims = [.. Enumerable.Range(0, rank).Select(i => inputs.Max(x => x.Dims[i]))];
        if (inputs.Any(x => x.Dims.Where((n, i) => n != 1 && n != dims[i]).Any())) throw c.Refuse("its inputs don't fit together.", "broken_file");
        (OnnxValue[] laid, List<int> order) = Lay(c, inputs, null);
        c.Set(Put(c.Layers.Add(type, c.Name, [], [.. laid.Select(x => x.Layer)]), dims, order) with { NonNegative = nonNegative });
    }

    /// <summary>All values with their axes in one order, which is that of the one with the most axes above 1.</summary>
    private static (OnnxValue[] Laid, List<int> Order) Lay(OnnxCall c, OnnxValue[] inputs, int? needed)
    {
        OnnxValue[] plain = [.. inputs.Select(c.Layers.Plain)];
        OnnxValue first = plain.MaxBy(x => x.Axes.Count(a => a.Length > 0))!;
        List<int> order = [.. first.Ours.Where(o => o.Length > 0).Select(o => Enumerable.Range(0, first.Axes.Count).First(i => first.Axes[i].SequenceEqual(o)))];
        for (int i = 0; i < first.Axes.Count; i++)
            if (!order.Contains(i) && (i == needed || plain.Any(x => x.Axes[i].Length > 0))) order.Add(i);
        if (order.Count == 0) order.Add(0);
        return ([.. plain.Select(x => c.Layers.Lay(x, x.Axes.Count == 0 ? [[]] : [.. order.Select(i => x.Axes[i])]))], order);
    }

    private static OnnxValue Put(string layer, int[] dims, List<int> order)
    {
        OnnxPart[][] axes = [.. dims.Select(OnnxValue.Axis)];
        return new OnnxValue(layer, axes, axes.Length == 0 ? [[]] : [.. order.Select(i => axes[i])]);
    }

    /// <summary>Which of two inputs is a constant; null when none is.</summary>
    private static int? Constant(OnnxCall c)
    {
        // Before version 7 a smaller second input stood for all along other axes than the last ones.
        if (c.Opset < 7 && c.Integer("broadcast", 0) != 0 && c.HasAttribute("axis") && c.Integer("axis", 0) is var axis && c.Translation.IsValue(c.Node.Inputs[0]) && !c.IsValue(1)
            && c.Constant(1, "constant") is { Count: > 1 } constant && axis + constant.Shape.Count != c.Value(0).Axes.Count + 1) throw c.Refuse("it matches axes as versions before 7 did.");
        return !c.IsValue(0) ? 0 : !c.IsValue(1) ? 1 : null;
    }

    private static OnnxConstant Each(OnnxConstant constant, Func<float, float> change) => OnnxConstant.Of(constant.From, constant.Shape, [.. constant.Floats.Select(change)]);
}
