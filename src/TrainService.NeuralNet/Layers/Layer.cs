using TrainService.NeuralNet.Plan;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers;

/// <summary>
/// What a layer computes, as arguments and rules: it holds neither shapes nor weights, so one object may stand in several places. Arguments are
/// checked in the constructor, shapes once in <see cref="OutputShape"/>; <see cref="Build"/> adds the steps that compute it to a plan.
/// </summary>
public abstract class Layer
{
    /// <summary>Its name in a job: "dense".</summary>
    public abstract string TypeName { get; }

    /// <summary>Shape of the output, without the batch axis.</summary>
    /// <exception cref="LayerShapeException">It cannot take these inputs.</exception>
    public abstract Shape OutputShape(IReadOnlyList<Shape> inputs);

    public virtual IReadOnlyList<ParameterSpec> Parameters(IReadOnlyList<Shape> inputs) => [];

    /// <summary>Floating-point operations of one sample's forward pass.</summary>
    public virtual long Flops(IReadOnlyList<Shape> inputs) => 0;

    /// <summary>Adds the forward steps, and registers how to add the backward ones.</summary>
    public abstract Value Build(LayerBuild build);

    /// <summary>The one input of a layer that takes just one.</summary>
    protected static Shape Single(IReadOnlyList<Shape> inputs) => inputs.Count == 1
        ? inputs[0]
        : throw new LayerShapeException($"takes one input, got {inputs.Count}.");
}
