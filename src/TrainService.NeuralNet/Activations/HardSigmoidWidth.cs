namespace TrainService.NeuralNet.Activations;

/// <summary>How far hard_sigmoid takes from 0 to 1, which differs between versions of Keras.</summary>
public static class HardSigmoidWidth
{
    /// <summary>Name of the activation.</summary>
    public const string Activation = "hard_sigmoid";

    /// <summary>Name of the argument.</summary>
    public const string Key = "width";

    /// <summary>Of Keras 3.</summary>
    public const double Default = 6;

    /// <summary>Of Keras 2, which meant clip(0.2 x + 0.5, 0, 1).</summary>
    public const double Old = 5;
}
