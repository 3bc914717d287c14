using TrainService.NeuralNet.Layers.Merging;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps.Images;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Ports;

/// <summary>One of several inputs of a network: some numbers of the one row that a sample is.</summary>
/// <param name="shape">Of this input.</param>
/// <param name="take">Where its numbers stand in the row, in order.</param>
public sealed class InputPort(Shape shape, IReadOnlyList<int> take) : Layer
{
    /// <summary>Where its numbers stand in the row, in order.</summary>
    public IReadOnlyList<int> Take => take;

    public override string TypeName => "input";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        long length = Single(inputs).Size;
        if (take.Count != shape.Size) throw new LayerShapeException($"is said to be {shape}, {shape.Size} numbers, but takes {take.Count} of a row.");
        return take.All(i => i < length) ? shape : throw new LayerShapeException($"takes number {take.Max()} of a row, which has {length}.");
    }

    public override Value Build(LayerBuild build)
    {
        Value x = build.Compact(build.Input), y = build.NewValue("output", shape);
        int[] from = [.. take], to = Spread.Places(y);
        build.Add(new ReorderStep(x.Buffer, from, y.Buffer, to, accumulate: false));
        build.PassBack(x, y, (dy, dx, accumulate) => new ReorderStep(dy, to, dx, from, accumulate));
        return y;
    }
}
