using TrainService.NeuralNet.Graph;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Tensors;

namespace TrainService.Training.Models;

/// <summary>Gives a model its shapes, and turns what cannot be into errors at the layer's place.</summary>
internal static class NetworkBuilder
{
    /// <param name="dataShape">Shape of a sample of the dataset; null when it is not known.</param>
    /// <returns>Null when there were errors, or when nobody says what comes in.</returns>
    public static Network? Build(ModelDefinition model, IReadOnlyList<int>? dataShape, SpecErrors errors)
    {
        int before = errors.Count;
        foreach (SpecError fault in model.Faults) errors.Add(fault);
        if (model.Faults.Count > 0) return null;
        foreach (ModelNode node in model.Nodes)
            if (!IsName(node.Node.Name))
                errors.Add($"{node.Pointer}/name", "out_of_range", "A layer's name has 1 to 100 letters, digits or signs other than '/'.", node.Node.Name);
        if (model.InputShape is { } said && dataShape is not null && !SameButForOnes(said, dataShape))
            errors.Add(model.InputPointer, "conflict",
                $"The model takes samples of shape {Show(said)}, the dataset gives {Show(dataShape)}.", Show(said));
        if ((model.InputShape ?? dataShape) is not { } shape || errors.Count > before) return null;
        try
        {
            return Network.Build([.. model.Nodes.Select(n => n.Node)], new Shape([.. shape]), model.InputName);
        }
        catch (NetworkException e)
        {
            errors.Add(model.Nodes[e.Layer].Pointer + (e.Code == "duplicate_name" ? "/name" : ""), e.Code, e.Message);
        }
        catch (OverflowException)
        {
            errors.Add(model.Nodes[0].Pointer, "too_large", $"A sample of shape {Show(shape)} has more than 2^31 numbers.");
        }
        return null;
    }

    public static string Show(IEnumerable<int> shape) => $"[{string.Join(", ", shape)}]";

    // An axis of size 1 changes no number's place: [28, 28] may be taken as [28, 28, 1].
    public static bool SameButForOnes(IReadOnlyList<int> a, IReadOnlyList<int> b) => a.Where(n => n != 1).SequenceEqual(b.Where(n => n != 1));

    private static bool IsName(string name) => name.Length is > 0 and <= 100 && !name.Any(c => char.IsControl(c) || c == '/');
}
