using TrainService.Specification;
using TrainService.Training.Models;

namespace TrainService.Training.Kinds.Autoencoders;

/// <summary>
/// The code's activation where the job leaves it open: ELU, as between any two weighted layers, since the decoder comes behind it, and in the network that
/// reuses the encoder other layers do.
/// </summary>
internal static class CodeActivation
{
    private const string Activation = "activation", Kernel = "kernel_initializer";

    public static ComponentValue Fill(ComponentValue model)
    {
        if (model.Descriptor.Name != SequentialModel.Descriptor.Name) return model;
        ComponentValue[] layers = [.. model.Arguments.ValueList(SequentialModel.Layers)];
        int last = Array.FindLastIndex(layers, ModelDefaults.IsWeighted);
        // Not where something of its own follows.
        if (last < 0 || layers[last].Arguments.IsGiven(Activation) || ModelDefaults.ActivationAfter(layers, last) is not null) return model;
        layers[last] = Made.With(Made.With(layers[last], Activation, Made.Activation("elu")), Kernel, Made.Initializer("elu"));
        return model with { Arguments = model.Arguments.With(SequentialModel.Layers, layers) };
    }
}
