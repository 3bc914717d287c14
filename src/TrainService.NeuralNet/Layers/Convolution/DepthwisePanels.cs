using TrainService.NeuralNet.State;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Convolution;

/// <summary>A depthwise kernel [height, width, in, multiplier] as 16 output channels at a time, [in · multiplier / 16][height · width][16].</summary>
internal sealed class DepthwisePanels : ParameterLayout
{
    public override long PaddedLength(Shape shape) => Panels.PaddedLength(Matrix(shape));

    // Number by number, and without a shape of its own: constraints come here in every step.
    public override unsafe void Write(Shape shape, ReadOnlySpan<float> canonical, float* packed)
    {
        int taps = shape[0] * shape[1], channels = shape[2] * shape[3];
        for (int i = 0; i < canonical.Length; i++) packed[Place(i, taps, channels)] = canonical[i];
    }

    public override unsafe void Read(Shape shape, float* packed, Span<float> canonical)
    {
        int taps = shape[0] * shape[1], channels = shape[2] * shape[3];
        for (int i = 0; i < canonical.Length; i++) canonical[i] = packed[Place(i, taps, channels)];
    }

    private static long Place(int index, int taps, int channels)
    {
        int channel = index % channels;
        return ((((long)(channel / Padding.Width) * taps) + (index / channels)) * Padding.Width) + (channel % Padding.Width);
    }

    private static Shape Matrix(Shape shape) => new(shape[0] * shape[1], shape[2] * shape[3]);
}
