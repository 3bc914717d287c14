namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>Part of an axis. Axes of a tensor are made of such parts, which ONNX and this network may have in another order and grouped otherwise.</summary>
internal sealed class OnnxPart(int size)
{
    public int Size => size;
}

/// <summary>
/// What a layer puts out, as ONNX sees it and as it lies here. [N, C, H, W] there is [H, W, C] here; flattened there it is C·H·W long, here H·W·C, with the
/// same parts. So reshaping and transposing cost nothing until a layer needs an order of its own. The batch is no axis of it. Axes of size 1 have no parts.
/// </summary>
/// <param name="Layer">Whose output it is.</param>
/// <param name="Axes">ONNX's axes behind the batch: their parts, the outermost first.</param>
/// <param name="Ours">The axes of the layer's output here.</param>
internal sealed record OnnxValue(string Layer, IReadOnlyList<OnnxPart[]> Axes, IReadOnlyList<OnnxPart[]> Ours)
{
    /// <summary>No number of it is below 0, whatever comes in: zeros around it change no maximum.</summary>
    public bool NonNegative { get; init; }

    /// <summary>Whole numbers came in.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Numbers were cut to whole ones, which only looking up does here.</summary>
    public bool IsCut { get; init; }

    /// <summary>The node that rounded the numbers to whole ones, which wait to be brought back; null when none did.</summary>
    public OnnxCall? RoundedBy { get; init; }

    public bool IsRounded => RoundedBy is not null;

    public int[] Dims => [.. Axes.Select(Size)];

    public static int Size(OnnxPart[] axis) => axis.Aggregate(1, (n, part) => n * part.Size);

    /// <summary>A new axis of one part; of none when its size is 1.</summary>
    public static OnnxPart[] Axis(int size) => size == 1 ? [] : [new OnnxPart(size)];

    /// <summary>The same numbers with ONNX's axes cut otherwise; null when the cuts fall across parts.</summary>
    public OnnxValue? Regroup(IReadOnlyList<int> sizes)
    {
        var queue = new LinkedList<OnnxPart>(Axes.SelectMany(a => a));
        Dictionary<OnnxPart, OnnxPart[]> split = [];
        List<OnnxPart[]> axes = [];
        foreach (int size in sizes)
        {
            List<OnnxPart> parts = [];
            for (int need = size; need > 1;)
            {
                if (queue.First is not { Value: var part }) return null;
                queue.RemoveFirst();
                if (need % part.Size == 0)
                {
                    parts.Add(part);
                    need /= part.Size;
                }
                else if (part.Size % need == 0)
                {
                    OnnxPart outer = new(need), inner = new(part.Size / need);
                    split[part] = [outer, inner];
                    parts.Add(outer);
                    queue.AddFirst(inner);
                    need = 1;
                }
                else return null;
            }
            axes.Add([.. parts]);
        }
        if (queue.Count > 0) return null;
        return this with { Axes = axes, Ours = [.. Ours.Select(a => a.SelectMany(Pieces).ToArray())] };

        // A piece may have been cut once more.
        IEnumerable<OnnxPart> Pieces(OnnxPart part) => split.TryGetValue(part, out OnnxPart[]? pieces) ? pieces.SelectMany(Pieces) : [part];
    }

    public OnnxValue Transpose(IReadOnlyList<int> order) => this with { Axes = [.. order.Select(i => Axes[i])] };

    /// <summary>Whether both have the same parts in the same places, so that they can be joined number by number.</summary>
    public bool LiesLike(OnnxValue other)
    {
        if (Axes.Count != other.Axes.Count || Ours.Count != other.Ours.Count) return false;
        Dictionary<OnnxPart, OnnxPart> same = [];
        for (int i = 0; i < Axes.Count; i++)
        {
            if (Axes[i].Length != other.Axes[i].Length) return false;
            for (int k = 0; k < Axes[i].Length; k++)
            {
                if (Axes[i][k].Size != other.Axes[i][k].Size) return false;
                same[Axes[i][k]] = other.Axes[i][k];
            }
        }
        return Ours.Zip(other.Ours).All(p => p.First.Length == p.Second.Length && p.First.Zip(p.Second).All(q => same[q.First] == q.Second));
    }

    /// <summary>For each place of an axis here (parts in <paramref name="ours"/>) the place that ONNX gives the same number (parts in <paramref name="theirs"/>).</summary>
    public static int[] Places(OnnxPart[] ours, OnnxPart[] theirs)
    {
        Dictionary<OnnxPart, int> strides = [];
        int stride = 1;
        for (int i = theirs.Length - 1; i >= 0; stride *= theirs[i--].Size) strides[theirs[i]] = stride;
        int[] places = [0];
        foreach (OnnxPart part in ours)
            places = [.. places.SelectMany(p => Enumerable.Range(0, part.Size).Select(i => p + (i * strides[part])))];
        return places;
    }

    public static bool SameParts(OnnxPart[] a, OnnxPart[] b) => a.Length == b.Length && a.All(b.Contains);

    public bool LiesAs(IReadOnlyList<OnnxPart[]> wanted) => Ours.Count == wanted.Count && Ours.Zip(wanted).All(p => p.First.SequenceEqual(p.Second));
}
