using TrainService.Specification;

namespace TrainService.Training.Models;

/// <summary>The layers of a model by who takes whose output, in a stack as in a graph.</summary>
internal sealed class LayerPaths
{
    private readonly IReadOnlyList<ModelNode> _nodes;
    private readonly List<int>[] _users;

    public LayerPaths(IReadOnlyList<ModelNode> nodes)
    {
        _nodes = nodes;
        _users = [.. nodes.Select(_ => new List<int>())];
        Dictionary<string, int> byName = new(StringComparer.Ordinal);
        for (int i = 0; i < nodes.Count; i++)
        {
            IReadOnlyList<string> inputs = nodes[i].Node.Inputs;
            // In a plain stack nobody names what comes in.
            if (inputs.Count == 0 && i > 0) _users[i - 1].Add(i);
            foreach (string input in inputs)
                if (byName.TryGetValue(input, out int from))
                    _users[from].Add(i);
            byName[nodes[i].Node.Name] = i;
        }
    }

    /// <summary>A layer and those behind it, as far as just one layer takes each output.</summary>
    public IReadOnlyList<ComponentValue> From(int node)
    {
        List<ComponentValue> path = [_nodes[node].Value];
        while (Next(node) is { } next) path.Add(_nodes[node = next].Value);
        return path;
    }

    /// <summary>The only layer that takes this one's output; null when there are several, or none.</summary>
    public int? Next(int node) => _users[node] is [var next] ? next : null;

    /// <summary>Nobody takes its output: it is the model's.</summary>
    public bool IsLast(int node) => _users[node].Count == 0;
}
