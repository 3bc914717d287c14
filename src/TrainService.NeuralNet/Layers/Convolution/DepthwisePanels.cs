using TrainService.NeuralNet.State;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Convolution;

/// <summary>A depthwise kernel [height, width, in, multiplier] as 16 output channels at a time, [in · multiplier / 16][height · width][16].</summary>
internal sealed class DepthwisePanels : ParameterLayout
{
    public override long PaddedLength(Shape shape) => Panels.PaddedLength(Matrix(shape));

    public override unsafe void Write(Shape shape, ReadOnlySpan<float> canonical, float* packed) => Panels.Write(Matrix(shape), canonical, packed);

    public override unsafe void Read(Shape shape, float* packed, Span<float> canonical) => Panels.Read(Matrix(shape), packed, canonical);

    private static Shape Matrix(Shape shape) => new(shape[0] * shape[1], shape[2] * shape[3]);
}
