using TrainService.NeuralNet.Graph;
using TrainService.Specification;

namespace TrainService.Training.Models;

/// <summary>A model as it was asked for, before its shapes are known.</summary>
/// <param name="Nodes">The last one is the output.</param>
/// <param name="InputShape">Shape of one sample, when the model says it.</param>
internal sealed record ModelDefinition(IReadOnlyList<ModelNode> Nodes, IReadOnlyList<int>? InputShape);

/// <summary>A layer, and where it was asked for.</summary>
/// <param name="Place">Its index in the model's <c>layers</c>.</param>
internal sealed record ModelNode(int Place, ComponentValue Value, LayerNode Node)
{
    public string Pointer => $"/model/layers/{Place}";
}
