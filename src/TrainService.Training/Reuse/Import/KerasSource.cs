using TrainService.Formats.Keras;
using TrainService.NeuralNet.Graph;

namespace TrainService.Training.Reuse.Import;

/// <summary>Lays the tensors of a Keras file to the layers of a model, by the rules by which Keras itself finds them.</summary>
internal static class KerasSource
{
    public static WeightSource Of(KerasFile file, KerasNode model)
    {
        var tensors = new List<SourceTensor>();
        if (file.Layout == KerasLayout.Numbered) Numbered(file, model, tensors);
        else if (file.Layout == KerasLayout.Named) Named(file, model, tensors);
        else tensors.AddRange(file.Groups.SelectMany(g => g.Tensors).Select(t => Tensor(t, ByName(t.Name, model))));
        HashSet<string> counters = new(model.Weighted.Where(l => KerasTensors.Of(l).Contains(KerasTensors.Counter)).Select(l => $"{l.Name}/{KerasTensors.Counter}"), StringComparer.Ordinal);
        return new WeightSource([.. tensors.Where(t => t.Target is null || !counters.Contains(t.Target))],
        [
            .. file.Aside.Select(a => new SkippedTensor(a.Name, a.Why)),
            .. tensors.Where(t => t.Target is not null && counters.Contains(t.Target)).Select(t => new SkippedTensor(t.From, "how many rows a normalization was fitted to: not needed any more")),
        ]);
    }

    /// <summary>
    /// Version 3: a layer's group is named by its class and how many of that class stood before it, its tensors by their number. Where every group says
    /// the name that its layer had, and the model has layers of just these names, names are taken: they hold whatever the order of the layers.
    /// </summary>
    private static void Numbered(KerasFile file, KerasNode model, List<SourceTensor> tensors)
    {
        Dictionary<string, NetworkLayer> places = new(StringComparer.Ordinal);
        Place(model, "", places);
        Dictionary<string, NetworkLayer> names = places.Values.DistinctBy(l => l.Name).ToDictionary(l => l.Name, StringComparer.Ordinal);
        bool byName = model.Children!.All(c => c.Children is null)
            && file.Groups.Select(g => g.LayerName).Distinct(StringComparer.Ordinal).Count() == file.Groups.Count
            && file.Groups.All(g => g.LayerName is { } name && names.TryGetValue(name, out NetworkLayer? layer) && KerasTensors.Of(layer).Count == g.Tensors.Count);
        foreach (KerasGroup group in file.Groups)
        {
            NetworkLayer? layer = byName ? names[group.LayerName!] : places.GetValueOrDefault(group.Path);
            IReadOnlyList<string> roles = layer is null ? [] : KerasTensors.Of(layer);
            for (int i = 0; i < group.Tensors.Count; i++) tensors.Add(Tensor(group.Tensors[i], i < roles.Count ? $"{layer!.Name}/{roles[i]}" : null));
        }
    }

    private static void Place(KerasNode model, string path, Dictionary<string, NetworkLayer> places)
    {
        var counter = new KerasCounter();
        foreach (KerasNode child in model.Children!)
        {
            string at = $"{path}layers/{counter.Next(child.ClassName)}";
            if (child.Children is not null) Place(child, $"{at}/", places);
            else if (child.Layer is { } layer) places.TryAdd(at, layer);
        }
    }

    /// <summary>
    /// Older files: a group a layer of the outermost model. Layers are found by their names; when those are others than the model's, by their order
    /// among the layers with weights, as Keras does. Within a group tensors are found by layer and role, or else by their order.
    /// </summary>
    private static void Named(KerasFile file, KerasNode model, List<SourceTensor> tensors)
    {
        KerasGroup[] groups = [.. file.Groups.Where(g => g.Tensors.Count > 0)];
        KerasNode[] weighted = [.. model.Children!.Where(c => c.Weighted.Any())];
        Dictionary<string, KerasNode> byName = new(StringComparer.Ordinal);
        foreach (KerasNode child in weighted) byName.TryAdd(child.Name, child);
        bool inOrder = groups.Length == weighted.Length && groups.Any(g => !byName.ContainsKey(g.Path));
        for (int i = 0; i < groups.Length; i++)
        {
            KerasNode? node = inOrder ? weighted[i] : byName.GetValueOrDefault(groups[i].Path);
            IReadOnlyList<string>? targets = node is null ? null : Targets(groups[i], node);
            for (int k = 0; k < groups[i].Tensors.Count; k++) tensors.Add(Tensor(groups[i].Tensors[k], targets is not null && k < targets.Count ? targets[k] : null));
        }
    }

    private static SourceTensor Tensor(KerasTensor tensor, string? target) => new(tensor.Name, target, tensor.Read);

    private static IReadOnlyList<string> Targets(KerasGroup group, KerasNode node)
    {
        string?[] named = [.. group.Tensors.Select(t => ByName(t.Name, node))];
        return named.All(n => n is not null) && named.Distinct(StringComparer.Ordinal).Count() == named.Length ? named! : InKerasOrder(node);
    }

    /// <summary>What a name such as "outer/conv2d/kernel:0" means below a node; null when that is nothing, or not one thing.</summary>
    private static string? ByName(string name, KerasNode node)
    {
        string[] parts = name.Split('/');
        string role = parts[^1].Split(':')[0];
        NetworkLayer[] layers = node.Children is null ? [.. node.Weighted] : parts.Length < 2 ? [] : [.. Leaves(node).Where(l => l.Name == parts[^2]).Select(l => l.Layer!)];
        return layers is [var layer] && Role(layer, role) is { } found ? $"{layer.Name}/{found}" : null;
    }

    private static IEnumerable<KerasNode> Leaves(KerasNode node) => node.Children is null ? node.Weighted.Any() ? [node] : [] : node.Children.SelectMany(Leaves);

    private static string? Role(NetworkLayer layer, string role)
        => KerasTensors.Of(layer).FirstOrDefault(r => r == role)
            ?? (layer.Layer.TypeName == "depthwise_conv2d" && role == "depthwise_kernel" ? "kernel" : null);

    /// <summary>Everything that learns, layer by layer, and then everything that does not: moving statistics, and layers that are frozen.</summary>
    private static List<string> InKerasOrder(KerasNode node)
    {
        NetworkLayer[] layers = [.. node.Weighted];
        if (node.Children is null) return [.. layers.SelectMany(l => KerasTensors.Of(l).Select(r => $"{l.Name}/{r}"))];
        return [.. layers.SelectMany(l => Roles(l, true)), .. layers.SelectMany(l => Roles(l, false))];

        static IEnumerable<string> Roles(NetworkLayer layer, bool learns)
            => KerasTensors.Of(layer).Where(r => (layer.Node.Trainable && layer.Parameters.Any(p => p.Name == r && p.Trainable)) == learns).Select(r => $"{layer.Name}/{r}");
    }
}
