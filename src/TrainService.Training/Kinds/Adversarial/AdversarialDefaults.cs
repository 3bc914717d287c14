using TrainService.Specification;
using TrainService.Training.Models;

namespace TrainService.Training.Kinds.Adversarial;

/// <summary>
/// What the layers of a stack get that leave it open, in a generator or a discriminator: Radford 2015, arXiv:1511.06434, section 3, and start values
/// from its section 4. What it says of nothing is as in any other model.
/// </summary>
internal static class AdversarialDefaults
{
    private const string Activation = "activation", Kernel = "kernel_initializer", LeakyRelu = "leaky_relu", Slope = "negative_slope";

    private const double Deviation = 0.02, LeakySlope = 0.2;

    public static ComponentValue Generator(ComponentValue model, Vocabulary vocabulary) => Fill(model, vocabulary, vocabulary.WithDefaults(Activation, "relu"), "tanh");

    public static ComponentValue Discriminator(ComponentValue model, Vocabulary vocabulary)
    {
        ComponentValue leaky = vocabulary.WithDefaults(Activation, LeakyRelu);
        return Fill(model, vocabulary, leaky with { Arguments = leaky.Arguments.With(Slope, LeakySlope) }, "sigmoid");
    }

    private static ComponentValue Fill(ComponentValue model, Vocabulary vocabulary, ComponentValue hidden, string output)
    {
        if (model.Descriptor.Name != SequentialModel.Descriptor.Name) return ModelDefaults.Fill(model, vocabulary);
        ComponentValue[] layers = [.. model.Arguments.ValueList(SequentialModel.Layers)];
        ComponentValue normal = vocabulary.WithDefaults("initializer", "random_normal");
        normal = normal with { Arguments = normal.Arguments.With("stddev", Deviation) };
        for (int i = 0; i < layers.Length; i++)
        {
            if (!ModelDefaults.IsWeighted(layers[i])) continue;
            if (!layers[i].Arguments.IsGiven(Kernel)) layers[i] = With(layers[i], Kernel, normal);
            if (layers[i].Arguments.IsGiven(Activation)) continue;
            // What follows soon may be its activation: only a layer that leads straight to other weights, or to the end, is left open.
            ComponentValue? next = layers.Skip(i + 1).FirstOrDefault(l => l.Descriptor.Name is not ("flatten" or "reshape" or "dropout" or "spatial_dropout"));
            if (next is null) layers[i] = With(layers[i], Activation, vocabulary.WithDefaults(Activation, output));
            else if (ModelDefaults.IsWeighted(next)) layers[i] = With(layers[i], Activation, hidden);
        }
        return model with { Arguments = model.Arguments.With(SequentialModel.Layers, layers) };
    }

    private static ComponentValue With(ComponentValue layer, string name, ComponentValue value) => layer with { Arguments = layer.Arguments.With(name, value) };
}
