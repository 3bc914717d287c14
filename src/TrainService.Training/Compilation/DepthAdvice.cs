using TrainService.Jobs.Specs;

namespace TrainService.Training.Compilation;

/// <summary>What goes wrong in deep networks.</summary>
internal sealed class DepthAdvice(AdvisedLayer[] layers, JobSpec spec, Warn warn)
{
    /// <summary>So many weighted layers make a network deep; so many more are hard to train without normalization.</summary>
    private const int Deep = 6, VeryDeep = 10;

    public void Give()
    {
        AdvisedLayer[] weighted = [.. layers.Where(l => l.IsWeighted)];
        if (weighted.Length < Deep) return;
        bool normalized = layers.Any(l => l.IsNormalization);
        AdvisedLayer? saturating = weighted.SkipLast(1).FirstOrDefault(l => l.Activation is "sigmoid" or "tanh" or "softmax" or "hard_sigmoid");
        if (saturating is not null && !normalized)
            warn(saturating.Pointer, "vanishing_gradients", $"{weighted.Length} weighted layers with {saturating.Activation}: gradients vanish on their way down.",
                "Use elu or relu with he_normal, selu with lecun_normal, or batch_normalization.");
        else if (weighted.Length >= VeryDeep && !normalized && !layers.Any(l => l.Merges) && weighted.All(l => l.Activation != "selu"))
            warn(weighted[0].Pointer, "deep_without_normalization", $"{weighted.Length} weighted layers in a plain stack, and nothing that keeps their outputs at one scale.",
                "Put batch_normalization between them, or use selu with lecun_normal and standardized inputs.");
        foreach (PhaseSpec phase in spec.Phases.Where(p => p is { NewOptimizer: true, Optimizer.Descriptor.Name: "adagrad" }))
            warn($"{(spec.HasPhases ? phase.Pointer : "")}/optimizer", "adagrad_on_deep", "Adagrad slows down too early on deep networks.", "Use nadam, rmsprop or sgd with momentum.");
    }
}
