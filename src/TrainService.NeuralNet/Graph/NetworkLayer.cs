using TrainService.NeuralNet.Layers;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Graph;

/// <summary>A layer in its place: where its inputs come from and what shapes it has there.</summary>
public sealed class NetworkLayer
{
    internal NetworkLayer(int index, LayerNode node, IReadOnlyList<int> inputs, IReadOnlyList<Shape> inputShapes, Shape outputShape,
        IReadOnlyList<ParameterSpec> parameters, long flops)
    {
        Index = index;
        Node = node;
        Inputs = inputs;
        InputShapes = inputShapes;
        OutputShape = outputShape;
        Parameters = parameters;
        Flops = flops;
    }

    public int Index { get; }

    public LayerNode Node { get; }

    public string Name => Node.Name;

    public Layer Layer => Node.Layer;

    /// <summary>Name of the layer that its tensors are named after: its own, unless it shares those of another.</summary>
    public string Owner => Node.SharedWith ?? Node.Name;

    /// <summary>Indices of the layers whose outputs it takes; -1 is the network's input.</summary>
    public IReadOnlyList<int> Inputs { get; }

    public IReadOnlyList<Shape> InputShapes { get; }

    public Shape OutputShape { get; }

    /// <summary>Its own tensors; none when it shares those of another.</summary>
    public IReadOnlyList<ParameterSpec> Parameters { get; }

    /// <summary>Floating-point operations of a forward pass of one sample, two for a multiply-add.</summary>
    public long Flops { get; }

    public long ParameterCount => Parameters.Sum(p => p.Shape.Size);

    /// <summary>The same layer, frozen or not.</summary>
    internal NetworkLayer With(bool trainable) => new(Index, Node with { Trainable = trainable }, Inputs, InputShapes, OutputShape, Parameters, Flops);

    public long TrainableParameterCount => Node.Trainable ? Parameters.Where(p => p.Trainable).Sum(p => p.Shape.Size) : 0;
}
