using TrainService.Specification;

namespace TrainService.Training.Models.Nesting;

/// <summary>A layer, or a whole model, among the layers of a model, and what it is called on.</summary>
/// <param name="Name">Unique in that model.</param>
/// <param name="Place">Where it stands in the JSON.</param>
internal sealed record GraphEntry(string Name, string Place)
{
    /// <summary>The layer; null when it is a model.</summary>
    public ComponentValue? Layer { get; init; }

    /// <summary>The model, opened; null when it is a layer.</summary>
    public FlatModel? Model { get; init; }

    /// <summary>False: frozen as a whole.</summary>
    public bool Trainable { get; init; } = true;

    /// <summary>None for an input.</summary>
    public IReadOnlyList<GraphCall> Calls { get; init; } = [];

    public bool IsInput => Layer?.Descriptor.Name == InputMarker.Descriptor.Name;
}

/// <summary>One call of a layer.</summary>
/// <param name="Inputs">What it is called on.</param>
/// <param name="Training">Said in the call: false runs it as in inference, true as in training, always.</param>
internal sealed record GraphCall(IReadOnlyList<TensorReference> Inputs, string Place, bool? Training = null)
{
    /// <summary>What its output is called, when it has a name of its own.</summary>
    public string? Name { get; init; }
}

/// <summary>One output of one call.</summary>
/// <param name="Entry">Name of the layer or model.</param>
/// <param name="Call">Which of its calls; Keras counts the calls of some models from 1.</param>
/// <param name="Output">Which of its outputs.</param>
internal readonly record struct TensorReference(string Entry, int Call, int Output, string Place);
