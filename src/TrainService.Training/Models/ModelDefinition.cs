using TrainService.NeuralNet.Graph;
using TrainService.Specification;

namespace TrainService.Training.Models;

/// <summary>A model as it was asked for, before its shapes are known.</summary>
/// <param name="Nodes">Each after its inputs; the last one is the output.</param>
/// <param name="InputShape">Shape of one sample, when the model says it.</param>
internal sealed record ModelDefinition(IReadOnlyList<ModelNode> Nodes, IReadOnlyList<int>? InputShape)
{
    /// <summary>Names of what several inputs are parts of, and of what several outputs make up.</summary>
    public const string Row = "(row)", Outputs = "(outputs)";

    /// <summary>What the nodes call the network's input; null when none names it.</summary>
    public string? InputName { get; init; }

    /// <summary>Where the shape of a sample is said, or could be.</summary>
    public string InputPointer { get; init; } = Nodes.Count == 0 ? "/model" : $"{Nodes[0].Pointer}/input_shape";

    /// <summary>What is wrong with the graph; <see cref="Nodes"/> are then not to be used.</summary>
    public IReadOnlyList<SpecError> Faults { get; init; } = [];

    /// <summary>The layer that decides what the output is: the last one that does more than hand numbers on.</summary>
    public ComponentValue OutputLayer
    {
        get
        {
            int at = Nodes.Count - 1;
            while (at > 0 && Nodes[at].Value.Descriptor.Name is "flatten" or "reshape" or "dropout")
            {
                IReadOnlyList<string> inputs = Nodes[at].Node.Inputs;
                int before = inputs.Count == 0 ? at - 1 : Nodes.ToList().FindIndex(n => n.Node.Name == inputs[0]);
                if (before < 0) break;
                at = before;
            }

            return Nodes[at].Value;
        }
    }
}

/// <summary>A layer, and where it was asked for.</summary>
/// <param name="Place">Its index in the model's <c>layers</c>; null when the model is asked for by name and has no such list.</param>
internal sealed record ModelNode(int? Place, ComponentValue Value, LayerNode Node)
{
    public string Pointer => Value.Place ?? (Place is { } place ? $"/model/layers/{place}" : "/model");
}
