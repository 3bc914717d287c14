using System.Text.RegularExpressions;
using TrainService.Formats;
using TrainService.NeuralNet.Graph;

namespace TrainService.Training.Reuse.Import;

/// <summary>PyTorch's names of tensors, "layer1.0.conv2.weight", and the network's layers that they are for.</summary>
internal static partial class TorchNames
{
    private const string Weight = "weight", Bias = "bias", Mean = "running_mean", Variance = "running_var", Counter = "num_batches_tracked";

    /// <summary>True when the names are PyTorch's: roles behind a dot.</summary>
    public static bool Looks(IEnumerable<string> names) => names.Any(n => RoleOf(n) is Weight or Mean && n.Contains('.', StringComparison.Ordinal) && !n.Contains('/', StringComparison.Ordinal));

    public static bool IsCounter(string name) => RoleOf(name) == Counter;

    /// <summary>Names of arrays and the tensors that they are for; those that nothing is like are left out.</summary>
    public static Dictionary<string, string> Match(IReadOnlyList<NamedArray> arrays, Network network, bool? byOrder)
    {
        (string Name, NamedArray[] Arrays)[] groups = [.. arrays.GroupBy(a => LayerOf(a.Name), StringComparer.Ordinal).Select(g => (g.Key, g.ToArray()))];
        NetworkLayer[] layers = [.. network.Layers.Where(l => l.Parameters.Count > 0)];
        Dictionary<string, NetworkLayer> found = byOrder == true ? [] : ByName(groups.Select(g => g.Name), layers);
        if (byOrder ?? (found.Count < layers.Length)) found = ByOrder(groups, layers);
        Dictionary<string, string> targets = new(StringComparer.Ordinal);
        foreach ((string name, NamedArray[] members) in groups)
            if (found.TryGetValue(name, out NetworkLayer? layer))
                foreach (NamedArray array in members)
                    if (Role(layer, RoleOf(array.Name)) is { } role) targets[array.Name] = $"{layer.Name}/{role}";
        return targets;
    }

    // Signs differ: "layer1.0.conv1" may be called "layer1_0_conv1" here. A wrapper's name in front says nothing.
    private static Dictionary<string, NetworkLayer> ByName(IEnumerable<string> names, NetworkLayer[] layers)
    {
        Dictionary<string, NetworkLayer> byName = new(StringComparer.Ordinal);
        foreach (NetworkLayer layer in layers) byName.TryAdd(Plain(layer.Name), layer);
        Dictionary<string, NetworkLayer> found = new(StringComparer.Ordinal);
        foreach (string name in names)
            if (byName.TryGetValue(Plain(name), out NetworkLayer? layer) || byName.TryGetValue(Plain(Wrapper().Replace(name, "")), out layer))
                found[name] = layer;
        return found;
    }

    /// <summary>
    /// The first convolution for the first one, the second for the second …, each kind for itself. PyTorch's own writer sorts by name, where layer10 comes
    /// before layer2: then the numbers in the names give the order; otherwise the file's order is the model's.
    /// </summary>
    private static Dictionary<string, NetworkLayer> ByOrder((string Name, NamedArray[] Arrays)[] groups, NetworkLayer[] layers)
    {
        string[] names = [.. groups.Select(g => g.Name)];
        if (names.SequenceEqual(names.Order(StringComparer.Ordinal))) groups = [.. groups.OrderBy(g => Digits().Replace(g.Name, d => d.Value.PadLeft(9, '0')), StringComparer.Ordinal)];
        Dictionary<string, NetworkLayer> found = new(StringComparer.Ordinal);
        foreach (IGrouping<string, (string Name, NamedArray[] Arrays)> kind in groups.GroupBy(g => KindOf(g.Arrays)))
            foreach (((string name, _), NetworkLayer layer) in kind.Zip(layers.Where(l => KindOf(l) == kind.Key)))
                found[name] = layer;
        return found;
    }

    private static string KindOf(NamedArray[] arrays)
    {
        if (arrays.Any(a => RoleOf(a.Name) == Mean)) return "batch normalization";
        return arrays.FirstOrDefault(a => RoleOf(a.Name) == Weight)?.Shape.Count switch { 4 => "images", 3 => "rows", 2 => "dense", 1 => "normalization", _ => "other" };
    }

    private static string KindOf(NetworkLayer layer) => layer.Layer.TypeName switch
    {
        "batch_normalization" => "batch normalization",
        "conv2d" or "conv2d_transpose" or "depthwise_conv2d" => "images",
        "conv1d" => "rows",
        "dense" or "embedding" => "dense",
        "layer_normalization" or "group_normalization" => "normalization",
        _ => "none",
    };

    private static string? Role(NetworkLayer layer, string role)
    {
        string[] names = role switch
        {
            Weight => ["kernel", "gamma", "embeddings", "alpha"],
            Bias => ["bias", "beta"],
            Mean => ["moving_mean"],
            Variance => ["moving_variance"],
            _ => [],
        };
        return names.FirstOrDefault(n => layer.Parameters.Any(p => p.Name == n));
    }

    private static string RoleOf(string name) => name[(name.LastIndexOf('.') + 1)..];

    private static string LayerOf(string name) => name[..Math.Max(0, name.LastIndexOf('.'))];

    private static string Plain(string name) => Signs().Replace(name.ToLowerInvariant(), "_");

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Signs();

    [GeneratedRegex("[0-9]{1,9}")]
    private static partial Regex Digits();

    [GeneratedRegex(@"^(module|model|_orig_mod)\.")]
    private static partial Regex Wrapper();
}
