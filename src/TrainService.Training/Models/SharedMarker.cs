using TrainService.Specification;

namespace TrainService.Training.Models;

/// <summary>Stands in a functional model where a layer is called once more: on other inputs, with the same weights.</summary>
/// <param name="Layer">Name of that layer, or of a model that stands among the layers.</param>
internal sealed record SharedMarker(string Layer)
{
    public const string LayerKey = "layer";

    public static ComponentDescriptor<SharedMarker> Descriptor { get; } = new("shared", a => new SharedMarker(a.Text(LayerKey)))
    {
        Summary = "Calls a layer of the model once more, on other inputs: the weights are the same, and learn from both.",
        Advice = "For siamese networks: one branch is written out, the other one shares its layers.",
        Source = "Bromley et al. 1993, Signature verification using a siamese time delay neural network; Keras shared layers",
        Arguments = [Arg.Text(LayerKey, "Name of the layer, or of a model among the layers, that is called again.", required: true)],
    };
}
