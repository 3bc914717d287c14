using System.Runtime.Intrinsics;

namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>Which lanes of a group of 16 are channels; the others lie between a pixel's channels and the next pixel, and hold anything finite.</summary>
internal static class ChannelMask
{
    /// <param name="start">First channel of the group.</param>
    /// <returns>All bits set where there is a channel.</returns>
    public static Vector512<float> Of(int channels, int start) => channels - start >= Vector512<float>.Count
        ? Vector512<float>.AllBitsSet
        : Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(channels - start)).AsSingle();
}
