using System.Numerics;

namespace TrainService.NeuralNet.Optimizers;

/// <summary>
/// The mathematics of an update for some elements; the loop around it is <see cref="UpdateLoop"/>. Plain operations, never fused, in the
/// order in which Keras does them.
/// </summary>
internal interface IUpdateRule
{
    /// <summary>How many of the slots it uses: 0 to 3.</summary>
    static abstract int Slots { get; }

    /// <param name="w">Weights, updated.</param>
    /// <param name="g">Gradient, clipped already.</param>
    void Apply(ref Vector<float> w, Vector<float> g, ref Vector<float> s0, ref Vector<float> s1, ref Vector<float> s2);
}
