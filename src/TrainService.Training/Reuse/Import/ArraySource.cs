using TrainService.Formats;
using TrainService.NeuralNet.Graph;
using TrainService.Training.Export;

namespace TrainService.Training.Reuse.Import;

/// <summary>Lays named arrays (safetensors, NPZ) to the tensors of a network: by name, by order, or as the sender says.</summary>
internal static class ArraySource
{
    /// <param name="arrays">In the file's order.</param>
    /// <param name="given">Names of arrays, and which tensors they are for; others are found as if it were not there.</param>
    /// <param name="byOrder">True, false, or null for whichever works.</param>
    /// <param name="torch">PyTorch's names and layouts; null to tell by the names.</param>
    public static WeightSource Of(IReadOnlyList<NamedArray> arrays, Network network, IReadOnlyDictionary<string, string> given, bool? byOrder, bool? torch)
    {
        Dictionary<string, NamedArray> scales = Scales(arrays);
        if (scales.Count > 0) arrays = [.. arrays.Where(a => !scales.ContainsValue(a))];
        bool isTorch = torch ?? TorchNames.Looks(arrays.Select(a => a.Name));
        List<SkippedTensor> skipped = [];
        List<NamedArray> free = [];
        foreach (NamedArray array in arrays)
            if (TorchNames.IsCounter(array.Name) && isTorch) skipped.Add(new(array.Name, "PyTorch's count of batches: not used when a momentum is set"));
            else if (!given.ContainsKey(array.Name)) free.Add(array);
        Dictionary<string, string> targets = isTorch ? TorchNames.Match(free, network, byOrder) : byOrder == true ? InOrder(free, network) : [];
        foreach ((string name, string target) in given) targets[name] = target;
        HashSet<string> known = new(network.Layers.SelectMany(l => l.Parameters.Select(p => $"{l.Name}/{p.Name}")), StringComparer.Ordinal);
        HashSet<string> passed = new(skipped.Select(s => s.Name), StringComparer.Ordinal);
        return new WeightSource([.. arrays.Where(a => !passed.Contains(a.Name)).Select(a => Make(a, targets.GetValueOrDefault(a.Name) ?? (known.Contains(a.Name) ? a.Name : null)))], skipped);

        SourceTensor Make(NamedArray array, string? target)
        {
            if (scales.TryGetValue(array.Name, out NamedArray? scale)) return new SourceTensor(array.Name, target, () => new QuantizedKernel(array, scale).Dequantized(), $"multiplied by {scale.Name}");
            if (target is null || !isTorch) return new SourceTensor(array.Name, target, () => array);
            int cut = target.LastIndexOf('/');
            NetworkLayer layer = network.Layers.First(l => l.Name == target[..cut]);
            return TorchLayout.Change(array, layer, target[(cut + 1)..], network) is { } change ? new SourceTensor(array.Name, target, change.Read, change.Says) : new SourceTensor(array.Name, target, () => array);
        }
    }

    // Kernels in 8 bits, as the service writes them: the scales of each stand beside it.
    private static Dictionary<string, NamedArray> Scales(IReadOnlyList<NamedArray> arrays)
    {
        Dictionary<string, NamedArray> found = new(StringComparer.Ordinal);
        if (arrays.All(a => a.Type != ArrayType.Int8)) return found;
        Dictionary<string, NamedArray> floats = new(StringComparer.Ordinal);
        foreach (NamedArray array in arrays)
            if (array.Type == ArrayType.Float32) floats.TryAdd(array.Name, array);
        foreach (NamedArray array in arrays)
            if (array.Type == ArrayType.Int8 && array.Name.Contains('/', StringComparison.Ordinal) && floats.TryGetValue(array.Name + QuantizedKernel.Suffix, out NamedArray? scale)) found[array.Name] = scale;
        return found;
    }

    private static Dictionary<string, string> InOrder(List<NamedArray> arrays, Network network)
    {
        string[] names = [.. network.Layers.SelectMany(l => l.Parameters.Select(p => $"{l.Name}/{p.Name}"))];
        return arrays.Zip(names).ToDictionary(p => p.First.Name, p => p.Second, StringComparer.Ordinal);
    }
}
