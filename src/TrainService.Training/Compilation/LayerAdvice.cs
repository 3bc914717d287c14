using TrainService.Training.Models;

namespace TrainService.Training.Compilation;

/// <summary>What the course says of single layers: start values, biases, activations, dropout.</summary>
internal sealed class LayerAdvice(AdvisedLayer[] layers, Warn warn)
{
    private const double MostDropout = 0.7;

    public void Give()
    {
        foreach (AdvisedLayer layer in layers)
        {
            if (layer.IsWeighted)
            {
                AdviseInitializer(layer);
                AdviseBias(layer);
                AdviseActivation(layer);
            }
            AdviseDropout(layer);
        }
    }

    private void AdviseInitializer(AdvisedLayer layer)
    {
        string place = $"{layer.Pointer}/kernel_initializer", wanted = ModelDefaults.InitializerFor(layer.Activation);
        string has = layer.Arguments.OptionalValue("kernel_initializer")?.Descriptor.Name ?? wanted;
        if (has is "zeros" or "ones" or "constant")
        {
            warn(place, "symmetric_start", "All units of this layer start equal and stay equal.", $"Set kernel_initializer to {wanted}.");
            return;
        }
        // Variance scaling can be any of them; orthogonal and identity starts are meant.
        bool suits = has is "variance_scaling" or "orthogonal" or "identity" || wanted switch
        {
            "he_normal" => Is("he") || has is "fixup",
            "lecun_normal" => Is("lecun"),
            _ => layer.Activation is not ("tanh" or "sigmoid" or "softmax") || !(Is("he") || Is("random")),
        };
        if (!suits)
            warn(place, "initializer_for_activation", $"{layer.Activation} goes with {wanted}; this layer starts with {has}.", $"Set kernel_initializer to {wanted}.");

        bool Is(string family) => has.StartsWith(family + "_", StringComparison.Ordinal);
    }

    private void AdviseBias(AdvisedLayer layer)
    {
        if (layer is { NextType: "batch_normalization", Own: null } && layer.Arguments.Has("use_bias") && layer.Arguments.Flag("use_bias"))
            warn($"{layer.Pointer}/use_bias", "bias_before_normalization", "Batch normalization takes the mean away, so this bias has no effect.", "Set use_bias to false.");
    }

    private void AdviseActivation(AdvisedLayer layer)
    {
        if (layer is { Own: "softmax", HasWeightsBehind: true })
            warn($"{layer.Pointer}/activation", "softmax_inside", "Softmax makes the units of a layer compete, and its gradients vanish; it is for the output.",
                "Use elu or relu with he_normal.");
        if (layer.Activation is null && layer.LeadsToWeights)
            warn($"{layer.Pointer}/activation", "linear_stack", "Without an activation between them this layer and the next one together are a single linear map.",
                "Set an activation, such as elu.");
    }

    private void AdviseDropout(AdvisedLayer layer)
    {
        if (!layer.Type.Contains("dropout", StringComparison.Ordinal)) return;
        if (layer.IsLast)
            warn(layer.Pointer, "dropout_on_output", "Dropout behind the last layer sets outputs to zero: the loss compares noise.", "Put it before the last layer.");
        if (layer.Arguments.OptionalNumber("rate") > MostDropout)
            warn($"{layer.Pointer}/rate", "much_dropout", $"So much dropout leaves little to learn from; 0.1 to 0.5 is usual.", "Lower the rate.");
    }
}
