using TrainService.Data.Requests;
using TrainService.Jobs.Specs;
using TrainService.Specification;
using TrainService.Training.Models;

namespace TrainService.Training.Compilation;

/// <summary>Legal, but against what the course teaches (vocabulary.md, section 10). Each piece names the place and the remedy.</summary>
internal sealed class Advice(JobSpec spec, ModelDefinition definition, DescribedData data, List<SpecWarning> warnings)
{
    /// <summary>So many weighted layers make a network deep.</summary>
    private const int Deep = 6;

    /// <summary>The layers of a plain stack, where the next one in the list is the next one in the network; of a graph none.</summary>
    private readonly ComponentValue[] _layers = [.. spec.Model.Descriptor.Name == SequentialModel.Descriptor.Name ? spec.Model.Arguments.ValueList(SequentialModel.Layers) : []];

    public void Give()
    {
        int[] weighted = [.. Enumerable.Range(0, _layers.Length).Where(i => ModelDefaults.IsWeighted(_layers[i]))];
        foreach (int i in weighted)
        {
            AdviseInitializer(i);
            AdviseBias(i);
        }
        AdviseSelf(weighted);
        AdviseDepth(weighted);
        AdviseScale();
    }

    private void AdviseInitializer(int i)
    {
        string? activation = ModelDefaults.ActivationAfter(_layers, i);
        string wanted = ModelDefaults.InitializerFor(activation);
        string has = _layers[i].Arguments.OptionalValue("kernel_initializer")?.Descriptor.Name ?? wanted;
        bool suits = wanted switch
        {
            "he_normal" => !has.StartsWith("glorot", StringComparison.Ordinal) && !has.StartsWith("random", StringComparison.Ordinal),
            "lecun_normal" => has is "lecun_normal" or "lecun_uniform" or "variance_scaling",
            _ => true,
        };
        if (!suits)
            Warn($"{Place(i)}/kernel_initializer", "initializer_for_activation", $"{activation} goes with {wanted}; this layer starts with {has}.", $"Set kernel_initializer to {wanted}.");
        if (has is "zeros" or "ones" or "constant")
            Warn($"{Place(i)}/kernel_initializer", "symmetric_start", "All units of this layer start equal and stay equal.", $"Set kernel_initializer to {wanted}.");
    }

    private void AdviseBias(int i)
    {
        if (i + 1 < _layers.Length && _layers[i + 1].Descriptor.Name == "batch_normalization"
            && _layers[i].Arguments.Has("use_bias") && _layers[i].Arguments.Flag("use_bias")
            && _layers[i].Arguments.OptionalValue("activation")?.Descriptor.Name is null or "linear")
            Warn($"{Place(i)}/use_bias", "bias_before_normalization", "Batch normalization takes the mean away, so this bias has no effect.", "Set use_bias to false.");
    }

    /// <summary>A self-normalizing network needs all of: SELU, LeCun normal, alpha dropout, standardized inputs, a plain stack of dense layers.</summary>
    private void AdviseSelf(int[] weighted)
    {
        if (!weighted.Any(i => ModelDefaults.ActivationAfter(_layers, i) == "selu")) return;
        for (int i = 0; i < _layers.Length; i++)
        {
            if (_layers[i].Descriptor.Name == "dropout")
                Warn(Place(i), "selu_with_dropout", "Dropout changes mean and variance, which SELU keeps.", "Use alpha_dropout, or no dropout.");
            else if (_layers[i].Descriptor.Name.EndsWith("_normalization", StringComparison.Ordinal) && _layers[i].Descriptor.Name != "normalization")
                Warn(Place(i), "selu_with_normalization", "SELU normalizes by itself; a normalization layer undoes that.", "Leave the layer out, or use another activation.");
        }
        if (!Standardized())
            Warn("/dataset/preprocess", "selu_inputs", "SELU only normalizes itself when the inputs are standardized.", "Add {\"type\": \"standardize\"} to dataset.preprocess.");
    }

    private void AdviseDepth(int[] weighted)
    {
        if (weighted.Length < Deep) return;
        int saturating = weighted.Take(weighted.Length - 1).FirstOrDefault(i => ModelDefaults.ActivationAfter(_layers, i) is "sigmoid" or "tanh" or "softmax", -1);
        bool normalized = _layers.Any(l => l.Descriptor.Name.EndsWith("_normalization", StringComparison.Ordinal));
        if (saturating >= 0 && !normalized)
            Warn(Place(saturating), "vanishing_gradients", $"{weighted.Length} weighted layers with {ModelDefaults.ActivationAfter(_layers, saturating)}: gradients vanish on their way down.",
                "Use elu or relu with he_normal, selu with lecun_normal, or batch_normalization.");
        if (spec.Optimizer.Descriptor.Name == "adagrad")
            Warn("/optimizer", "adagrad_on_deep", "Adagrad slows down too early on deep networks.", "Use nadam, rmsprop or sgd with momentum.");
    }

    private void AdviseScale()
    {
        if (data.Dataset.Statistics?.Inputs is not { } inputs || Standardized() || definition.Nodes.Any(n => n.Value.Descriptor.Name is "batch_normalization" or "normalization" or "rescaling")) return;
        if (Math.Max(Math.Abs(inputs.Minimum), Math.Abs(inputs.Maximum)) > 20)
            Warn("/dataset/preprocess", "inputs_not_scaled", $"Inputs lie between {inputs.Minimum:g4} and {inputs.Maximum:g4}; large or uneven inputs slow training down.",
                "Add {\"type\": \"standardize\"} to dataset.preprocess.");
    }

    private bool Standardized() => spec.Dataset.Has("preprocess")
        && spec.Dataset.ValueList("preprocess").Any(p => p.Descriptor.Name is "standardize" or "min_max" or "rescale" or "normalize");

    private static string Place(int layer) => $"/model/layers/{layer}";

    private void Warn(string pointer, string code, string detail, string remedy) => warnings.Add(new SpecWarning(pointer, code, detail, remedy));
}
