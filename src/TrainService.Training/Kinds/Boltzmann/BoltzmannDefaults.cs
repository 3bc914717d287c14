using TrainService.Specification;
using TrainService.Training.Models;

namespace TrainService.Training.Kinds.Boltzmann;

/// <summary>What the dense layers of a stack get that leave it open when they are to be taught as machines: sigmoid, and start values of deviation 0.01 (Hinton 2010, section 8).</summary>
internal static class BoltzmannDefaults
{
    private const string Activation = "activation", Kernel = "kernel_initializer";
    private const double Deviation = 0.01;

    public static ComponentValue Fill(ComponentValue model, Vocabulary vocabulary)
    {
        if (model.Descriptor.Name != SequentialModel.Descriptor.Name) return ModelDefaults.Fill(model, vocabulary);
        ComponentValue[] layers = [.. model.Arguments.ValueList(SequentialModel.Layers)];
        ComponentValue normal = vocabulary.WithDefaults("initializer", "random_normal"), sigmoid = vocabulary.WithDefaults(Activation, "sigmoid");
        normal = normal with { Arguments = normal.Arguments.With("stddev", Deviation) };
        for (int i = 0; i < layers.Length; i++)
        {
            if (layers[i].Descriptor.Name != "dense") continue;
            Arguments arguments = layers[i].Arguments;
            if (!arguments.IsGiven(Activation)) arguments = arguments.With(Activation, sigmoid);
            if (!arguments.IsGiven(Kernel) && arguments.OptionalValue(Activation)?.Descriptor.Name == "sigmoid") arguments = arguments.With(Kernel, normal);
            layers[i] = layers[i] with { Arguments = arguments };
        }
        return model with { Arguments = model.Arguments.With(SequentialModel.Layers, layers) };
    }
}
