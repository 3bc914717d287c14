using TrainService.NeuralNet.Layers;
using TrainService.NeuralNet.Layers.Images;
using TrainService.NeuralNet.Regularizers;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Graph;

/// <summary>
/// A directed acyclic graph of layers with every shape known. Holds no weights (<see cref="State.NetworkState"/> does), so that building
/// one to look at is cheap.
/// </summary>
public sealed class Network
{
    /// <summary>What the input is called in networks made of parts of others.</summary>
    private const string Input = "(input)";

    private Network(Shape inputShape, IReadOnlyList<NetworkLayer> layers)
    {
        InputShape = inputShape;
        Layers = layers;
    }

    public Shape InputShape { get; }

    /// <summary>In an order in which every layer comes after its inputs.</summary>
    public IReadOnlyList<NetworkLayer> Layers { get; }

    public NetworkLayer Output => Layers[^1];

    public Shape OutputShape => Output.OutputShape;

    public long ParameterCount => Layers.Sum(l => l.ParameterCount);

    public long TrainableParameterCount => Layers.Sum(l => l.TrainableParameterCount);

    public long Flops => Layers.Sum(l => l.Flops);

    /// <summary>
    /// Floating-point operations of one sample in a training step: every layer's forward pass, and as much again for the gradient of what a layer
    /// learns and for handing a gradient on, where there is something to learn below it.
    /// </summary>
    public long TrainingFlops
    {
        get
        {
            long sum = 0;
            bool[] learns = new bool[Layers.Count];
            foreach (NetworkLayer layer in Layers)
            {
                bool below = layer.Inputs.Any(i => i >= 0 && learns[i]);
                NetworkLayer owner = layer.Node.SharedWith is null ? layer : Layers.First(l => l.Name == layer.Owner);
                bool own = owner.TrainableParameterCount > 0;
                learns[layer.Index] = below || own;
                sum += layer.Flops * (1 + (below ? 1 : 0) + (own ? 1 : 0));
            }

            return sum;
        }
    }

    /// <summary>The same network with other layers frozen. A layer that shares another's tensors is frozen with it.</summary>
    public Network WithTrainable(Func<NetworkLayer, bool> trainable)
    {
        Dictionary<string, bool> owners = Layers.Where(l => l.Node.SharedWith is null).ToDictionary(l => l.Name, trainable, StringComparer.Ordinal);
        return new Network(InputShape, [.. Layers.Select(l => l.With(owners[l.Owner]))]);
    }

    /// <summary>One network behind the other; the second one does not learn, but is otherwise as in its own training (<see cref="LayerNode.NormalizesByBatch"/>).</summary>
    /// <param name="prefix">Stands before the names of the second one's layers.</param>
    /// <exception cref="NetworkException">The second one cannot take what the first one puts out.</exception>
    public static Network Chain(Network first, Network second, string prefix)
    {
        List<LayerNode> nodes = [.. first.Layers.Select(l => l.Node with { Inputs = Names(l, first, Input, "") })];
        string joint = first.Output.Name;
        if (first.OutputShape != second.InputShape)
        {
            nodes.Add(new LayerNode(prefix + Input, new Reshape([.. second.InputShape.Axes.Select(n => (long)n)]), [joint]));
            joint = prefix + Input;
        }

        nodes.AddRange(second.Layers.Select(l => l.Node with
        {
            Name = prefix + l.Name,
            Inputs = Names(l, second, joint, prefix),
            SharedWith = l.Node.SharedWith is { } owner ? prefix + owner : null,
            Trainable = false,
            NormalizesByBatch = l.Node.Trainable,
        }));
        return Build(nodes, first.InputShape, Input);

        static IReadOnlyList<string> Names(NetworkLayer layer, Network of, string input, string prefix) => [.. layer.Inputs.Select(i => i < 0 ? input : prefix + of.Layers[i].Name)];
    }

    /// <summary>The layers that lead to one of them, which is the output.</summary>
    /// <param name="last">Its index.</param>
    public Network Upto(int last)
    {
        SortedSet<int> needed = [last];
        for (int i = last; i >= 0; i--)
        {
            if (!needed.Contains(i)) continue;
            foreach (int input in Layers[i].Inputs.Where(k => k >= 0)) needed.Add(input);
            if (Layers[i].Node.SharedWith is { } owner) needed.Add(Layers.First(l => l.Name == owner).Index);
        }

        return Build([.. needed.Select(i => Layers[i]).Select(l => l.Node with { Inputs = [.. l.Inputs.Select(k => k < 0 ? Input : Layers[k].Name)] })], InputShape, Input);
    }

    /// <param name="nodes">The last one is the output. A node without inputs takes the one before it, the first one the network's input.</param>
    /// <param name="inputName">What nodes call the network's input; null when none names it.</param>
    /// <exception cref="NetworkException">A name is unknown or taken twice, or a layer cannot take the shape that it gets.</exception>
    public static Network Build(IReadOnlyList<LayerNode> nodes, Shape inputShape, string? inputName = null)
    {
        if (nodes.Count == 0) throw new NetworkException(0, "required", "A network needs at least one layer.");
        Dictionary<string, int> index = new(StringComparer.Ordinal);
        if (inputName is not null) index.Add(inputName, -1);
        List<NetworkLayer> layers = new(nodes.Count);
        for (int i = 0; i < nodes.Count; i++)
        {
            LayerNode node = nodes[i];
            int[] inputs = node.Inputs.Count == 0 ? [i - 1] : [.. node.Inputs.Select(name => Resolve(name, i))];
            Shape[] shapes = [.. inputs.Select(k => k < 0 ? inputShape : layers[k].OutputShape)];
            try
            {
                Shape output = node.Layer.OutputShape(shapes);
                IReadOnlyList<ParameterSpec> parameters = node.Layer.Parameters(shapes);
                foreach (ParameterSpec p in parameters)
                {
                    if (p.Initializer.Objection(p.Shape.Axes.AsSpan()) is { } objection)
                        throw new LayerShapeException($"the initializer of its {p.Name} {objection}");
                    if ((p.Regularizer as WholeRegularizer)?.Objection(p.Shape) is { } reason)
                        throw new LayerShapeException($"the regularizer of its {p.Name} {reason}");
                }

                if (node.SharedWith is { } owner) (node, parameters) = (Share(node, owner, parameters, i), []);
                layers.Add(new NetworkLayer(i, node, inputs, shapes, output, parameters, node.Layer.Flops(shapes)));
            }
            catch (LayerShapeException e)
            {
                throw new NetworkException(i, "impossible_shape", $"Layer '{node.Name}' ({node.Layer.TypeName}): {e.Message}");
            }
            catch (OverflowException)
            {
                throw new NetworkException(i, "too_large", $"Layer '{node.Name}' ({node.Layer.TypeName}) has more than 2^31 elements.");
            }

            if (!index.TryAdd(node.Name, i)) throw new NetworkException(i, "duplicate_name", $"Two layers are named '{node.Name}'.");
        }

        return new Network(inputShape, layers);

        LayerNode Share(LayerNode node, string owner, IReadOnlyList<ParameterSpec> needed, int at)
        {
            if (!index.TryGetValue(owner, out int k) || k < 0 || layers[k].Node.SharedWith is not null)
                throw new NetworkException(at, "unknown_layer", $"Layer '{node.Name}' shares the tensors of '{owner}', which is not a layer before it with tensors of its own.");
            foreach (ParameterSpec p in needed)
                if (layers[k].Parameters.FirstOrDefault(o => o.Name == p.Name) is not { } own || own.Shape != p.Shape)
                    throw new LayerShapeException($"is '{owner}' called once more, but on this input its {p.Name} would have to be {p.Shape}.");
            return node with { Trainable = layers[k].Node.Trainable };
        }

        int Resolve(string name, int at) => index.TryGetValue(name, out int k)
            ? k
            : throw new NetworkException(at, "unknown_layer", $"Layer '{nodes[at].Name}' takes its input from '{name}', which is not a layer before it.");
    }
}
