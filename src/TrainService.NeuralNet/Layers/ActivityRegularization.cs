using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Regularizers;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers;

/// <summary>y = x, with a penalty on x in the loss: (l1 · Σ|x| + l2 · Σx²) / rows of the batch.</summary>
public sealed class ActivityRegularization(double l1, double l2) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("activity_regularization", a => new ActivityRegularization(a.Number("l1"), a.Number("l2")))
    {
        KerasName = "ActivityRegularization",
        Summary = "Hands its input on, and adds a penalty on it to the loss.",
        Advice = "For sparse codes: behind the bottleneck of an autoencoder, with l1.",
        Source = "Keras ActivityRegularization",
        Arguments = [Arg.Number("l1", "Factor of the sum of magnitudes.", 0, min: 0), Arg.Number("l2", "Factor of the sum of squares.", 0, min: 0)],
    };

    public override string TypeName => "activity_regularization";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs) => Single(inputs);

    public override Value Build(LayerBuild build) => l1 == 0 && l2 == 0 ? build.Input : build.Penalized(build.Input, new ElementwisePenalty(l1, l2));
}
