using TrainService.Data.Requests;
using TrainService.Jobs.Specs;
using TrainService.Specification;
using TrainService.Training.Models;

namespace TrainService.Training.Compilation;

/// <summary>Legal, but against what the course teaches (vocabulary.md, section 10). Each piece names the place and the remedy.</summary>
internal sealed class Advice
{
    private readonly JobSpec _spec;
    private readonly ModelDefinition _definition;
    private readonly DescribedData _data;
    private readonly List<SpecWarning> _warnings;

    /// <summary>Layers that the user has written; those of a network by name are as their authors meant them.</summary>
    private readonly AdvisedLayer[] _layers;

    public Advice(JobSpec spec, ModelDefinition definition, DescribedData data, List<SpecWarning> warnings)
    {
        (_spec, _definition, _data, _warnings) = (spec, definition, data, warnings);
        var paths = new LayerPaths(definition.Nodes);
        _layers = [.. Enumerable.Range(0, definition.Nodes.Count).Where(i => definition.Nodes[i].Pointer != "/model").Select(i => new AdvisedLayer(definition.Nodes[i], paths, i))];
    }

    public void Give()
    {
        new LayerAdvice(_layers, Warn).Give();
        new SelfNormalizingAdvice(_layers, Standardized() || _layers.Any(l => l.Type == "normalization"), Warn).Give();
        new DepthAdvice(_layers, _spec, Warn).Give();
        AdviseScale();
    }

    private void AdviseScale()
    {
        if (_data.Dataset.Statistics?.Inputs is not { } inputs || Standardized() || _definition.Nodes.Any(n => n.Value.Descriptor.Name is "batch_normalization" or "normalization" or "rescaling")) return;
        if (Math.Max(Math.Abs(inputs.Minimum), Math.Abs(inputs.Maximum)) > 20)
            Warn("/dataset/preprocess", "inputs_not_scaled", $"Inputs lie between {inputs.Minimum:g4} and {inputs.Maximum:g4}; large or uneven inputs slow training down.",
                "Add {\"type\": \"standardize\"} to dataset.preprocess.");
    }

    private bool Standardized() => _spec.Dataset.Has("preprocess")
        && _spec.Dataset.ValueList("preprocess").Any(p => p.Descriptor.Name is "standardize" or "min_max" or "rescale" or "normalize");

    private void Warn(string pointer, string code, string detail, string remedy) => _warnings.Add(new SpecWarning(pointer, code, detail, remedy));
}

/// <summary>Adds a piece of advice.</summary>
internal delegate void Warn(string pointer, string code, string detail, string remedy);

/// <summary>A layer with what advice looks at.</summary>
internal sealed class AdvisedLayer(ModelNode node, LayerPaths paths, int index)
{
    public string Type => node.Value.Descriptor.Name;

    public string Pointer => node.Pointer;

    public Arguments Arguments => node.Value.Arguments;

    public int Index => index;

    /// <summary>Its weights meet every input: a dense layer, a convolution …</summary>
    public bool IsWeighted => ModelDefaults.IsWeighted(node.Value);

    /// <summary>It takes several layers' outputs.</summary>
    public bool Merges => node.Node.Inputs.Count > 1;

    /// <summary>What its output goes through: its own activation, or that of a layer soon after it.</summary>
    public string? Activation { get; } = ModelDefaults.IsWeighted(node.Value) ? ModelDefaults.ActivationAfter(paths.From(index), 0) : null;

    /// <summary>The only layer behind it.</summary>
    public string? NextType => paths.From(index) is [_, var next, ..] ? next.Descriptor.Name : null;

    /// <summary>The only layer behind it has weights of its own.</summary>
    public bool LeadsToWeights => paths.From(index) is [_, var next, ..] && ModelDefaults.IsWeighted(next);

    /// <summary>Other layers with weights work on what it puts out.</summary>
    public bool HasWeightsBehind => paths.From(index).Skip(1).Any(ModelDefaults.IsWeighted);

    /// <summary>Its output is the model's.</summary>
    public bool IsLast => paths.IsLast(index);

    /// <summary>Name of its own activation; null for none.</summary>
    public string? Own => Arguments.OptionalValue("activation")?.Descriptor.Name is { } name and not "linear" ? name : null;

    public bool IsNormalization => Type.EndsWith("_normalization", StringComparison.Ordinal);
}
