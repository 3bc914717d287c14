using TrainService.NeuralNet.Activations;
using TrainService.NeuralNet.Plan;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers;

/// <summary>y = f(x), any shape.</summary>
/// <param name="typeName">"activation", or the activation's own name where that is a layer.</param>
public sealed class ActivationLayer(Activation activation, string typeName = "activation") : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("activation", a => new ActivationLayer(a.Component<Activation>("activation")))
    {
        KerasName = "Activation",
        Summary = "An activation as a layer of its own.",
        Advice = "Use it to put batch normalization between a layer and its activation.",
        Source = "Keras Activation",
        Arguments = [Arg.Component("activation", "activation", "f, applied to each number, or over the last axis for softmax.", required: true)],
    };

    public Activation Activation { get; } = activation;

    public override string TypeName => typeName;

    public override Shape OutputShape(IReadOnlyList<Shape> inputs) => Single(inputs);

    public override Value Build(LayerBuild build)
    {
        Value x = build.AsTheyAre[0];
        if (Activation.Bounds is { } limits && build.Folding is null && build.ReadsAlone(0))
        {
            if (x.Pending is { HasLimits: false } pending)
            {
                pending.Limits = limits;
                return x;
            }

            if (build.LimitSum(x, Activation)) return x;
        }

        // Not in place: the layer below may need what it has put out.
        return build.Activate(build.Input, Activation, inPlaceAllowed: false);
    }
}
