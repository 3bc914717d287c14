namespace TrainService.NeuralNet.Layers.Merging;

/// <summary>How values of one shape become one.</summary>
public enum MergeKind
{
    /// <summary>x₁ + x₂ + …</summary>
    Add,

    /// <summary>x₁ - x₂, of exactly two.</summary>
    Subtract,

    /// <summary>x₁ · x₂ · …</summary>
    Multiply,

    /// <summary>(x₁ + x₂ + …) / n</summary>
    Average,

    /// <summary>The largest.</summary>
    Maximum,

    /// <summary>The smallest.</summary>
    Minimum,
}
