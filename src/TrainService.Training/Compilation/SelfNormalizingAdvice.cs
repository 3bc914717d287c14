namespace TrainService.Training.Compilation;

/// <summary>
/// A self-normalizing network needs all of: SELU, LeCun normal, alpha dropout, standardized inputs, a plain stack of dense layers. Klambauer et al.
/// 2017, arXiv:1706.02515.
/// </summary>
internal sealed class SelfNormalizingAdvice(AdvisedLayer[] layers, bool standardized, Warn warn)
{
    public void Give()
    {
        AdvisedLayer[] selu = [.. layers.Where(l => l.Activation == "selu")];
        if (selu.Length == 0) return;
        foreach (AdvisedLayer layer in layers)
        {
            if (layer.Type is "dropout" or "spatial_dropout" or "gaussian_dropout")
                warn(layer.Pointer, "selu_with_dropout", "Dropout changes mean and variance, which SELU keeps.", "Use alpha_dropout, or no dropout.");
            else if (layer.IsNormalization)
                warn(layer.Pointer, "selu_with_normalization", "SELU normalizes by itself; a normalization layer undoes that.", "Leave the layer out, or use another activation.");
            else if (layer.Merges)
                warn(layer.Pointer, "selu_with_skip", "SELU keeps mean and variance in a plain stack only; a layer that takes several outputs changes them.",
                    "Use elu or relu, with batch_normalization.");
        }
        if (selu.FirstOrDefault(l => l.Type != "dense") is { } other)
            warn(other.Pointer, "selu_not_dense", $"That SELU keeps mean and variance is shown for dense layers; in {other.Type} it works less well.", "Use elu or relu, with batch_normalization.");
        if (!standardized)
            warn("/dataset/preprocess", "selu_inputs", "SELU only normalizes itself when the inputs are standardized.", "Add {\"type\": \"standardize\"} to dataset.preprocess.");
    }
}
