using TrainService.NeuralNet.Layers.Merging;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps.Images;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Ports;

/// <summary>Several outputs of a network as one row, one behind the other.</summary>
public sealed class OutputPorts : Layer
{
    public override string TypeName => "outputs";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs) => new(checked((int)inputs.Sum(s => s.Size)));

    public override Value Build(LayerBuild build)
    {
        Value y = build.NewValue("output", build.OutputShape);
        int offset = 0;
        for (int k = 0; k < build.Inputs.Count; k++)
        {
            Value x = build.Inputs[k];
            int[] from = Spread.Places(x), to = [.. Enumerable.Range(offset, from.Length)];
            offset += from.Length;
            build.Add(new ReorderStep(x.Buffer, from, y.Buffer, to, accumulate: k > 0));
            build.PassBack(x, y, (dy, dx, accumulate) => new ReorderStep(dy, to, dx, from, accumulate));
        }

        return y;
    }
}
