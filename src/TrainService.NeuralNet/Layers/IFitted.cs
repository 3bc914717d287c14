namespace TrainService.NeuralNet.Layers;

/// <summary>A layer that learns from its inputs once, before training, rather than by gradients.</summary>
public interface IFitted
{
    /// <summary>False when it was told what it would learn.</summary>
    bool NeedsFit { get; }

    /// <summary>Begins to look at inputs of this many numbers a sample.</summary>
    IFit Begin(Tensors.Shape input);
}

/// <summary>What a fitted layer has seen so far.</summary>
public interface IFit
{
    /// <summary>One more input.</summary>
    void Add(ReadOnlySpan<float> row);

    /// <summary>Its tensors, by role, as the inputs make them.</summary>
    IReadOnlyDictionary<string, float[]> Finish();
}
