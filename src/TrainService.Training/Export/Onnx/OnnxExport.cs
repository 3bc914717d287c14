using TrainService.Formats;
using TrainService.Formats.Onnx;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers.Ports;
using TrainService.Tensors;
using TrainService.Training.Models;

namespace TrainService.Training.Export.Onnx;

/// <summary>
/// A network as an ONNX graph of the standard operators, version 17, for a batch of any size. Inputs and outputs are as the network was trained: channels last. Between
/// image layers values have their channels first, so there is one Transpose behind the input and one where pixels are put into a row.
/// </summary>
internal sealed class OnnxExport
{
    /// <summary>Version of the operators: the last one before those that older runtimes lack, with layer normalization.</summary>
    public const long Opset = 17;

    private const string Batch = "batch";

    private readonly ExportedModel _model;
    private readonly Dictionary<string, ModelNode> _nodes;

    private OnnxExport(ExportedModel model)
        => (_model, _nodes) = (model, model.Definition.Nodes.Where(n => n.Node.Name != ModelDefinition.Outputs).ToDictionary(n => n.Node.Name, StringComparer.Ordinal));

    /// <exception cref="ExportException">A layer has no equivalent.</exception>
    public static OnnxModel Make(ExportedModel model) => new OnnxExport(model).Make();

    private OnnxModel Make()
    {
        var graph = new OnnxBuilder();
        Network network = _model.Network;
        List<OnnxValueInfo> inputs = [], outputs = [];
        var values = new OnnxOutput?[network.Layers.Count];
        NetworkLayer[] ports = [.. network.Layers.Where(l => l.Layer is InputPort)];
        CheckPorts(ports, network);
        OnnxOutput? input = ports.Length > 0 ? null : Input(graph, inputs, _model.InputName, network.InputShape);
        foreach (NetworkLayer layer in network.Layers)
        {
            if (layer.Layer is OutputPorts) break;
            if (layer.Layer is InputPort)
            {
                values[layer.Index] = Input(graph, inputs, layer.Name, layer.OutputShape);
                continue;
            }
            var call = new OnnxLayer(graph, _model, layer, _nodes[layer.Name].Value, [.. layer.Inputs.Select(i => i < 0 ? input! : values[i]!)]);
            values[layer.Index] = OnnxLayers.Write(call);
        }
        foreach (OutputRange range in OutputRange.Of(network))
        {
            OnnxOutput value = values[network.Layers.First(l => l.Name == range.Name).Index]!;
            string name = graph.Node("Identity", outputs.Any(o => o.Name == range.Name) || inputs.Any(i => i.Name == range.Name) ? $"{range.Name}:output" : $"{range.Name}:out", [graph.Last(value)]);
            outputs.Add(new OnnxValueInfo(name, OnnxElement.Float, Axes(range.Shape)));
        }
        HashSet<string> sparse = [.. graph.Constants.Where(IsSparse).Select(c => c.Name)];
        return new OnnxModel(new OnnxGraph(graph.Nodes, graph.Constants, inputs, outputs) { Name = _model.Name, Sparse = sparse }, Opset) { Producer = "TrainService" };
    }

    // A number and its place take 12 bytes where the number alone takes 4: worth it when three quarters are zeros.
    private static bool IsSparse(NamedArray tensor)
        => tensor is { Type: ArrayType.Float32, Count: >= 256, Shape.Count: > 1 } && tensor.ToSingles().Count(v => v == 0) >= tensor.Count * 3 / 4 && tensor.ToSingles().Any(v => v != 0);

    private static OnnxOutput Input(OnnxBuilder graph, List<OnnxValueInfo> inputs, string name, Shape shape)
    {
        string taken = graph.Free(name);
        inputs.Add(new OnnxValueInfo(taken, OnnxElement.Float, Axes(shape)));
        return new OnnxOutput(shape, taken, null);
    }

    private static List<OnnxAxis> Axes(Shape shape) => [new(null, Batch), .. shape.Axes.Select(n => new OnnxAxis(n, ""))];

    // The parts of a row that inputs take can be any; a program outside hands over each input by itself.
    private static void CheckPorts(NetworkLayer[] ports, Network network)
    {
        if (ports.Length > 0 && network.Layers.Any(l => l.Layer is not (InputPort or OutputPorts) && l.Inputs.Contains(-1))) throw new ExportException("A layer takes the whole row beside the model's inputs.");
    }
}
