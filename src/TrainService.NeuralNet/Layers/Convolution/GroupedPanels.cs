using TrainService.NeuralNet.State;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Convolution;

/// <summary>A kernel [height, width, in / groups, out] as panels of 16 outputs, each group's on their own: [group][out / groups / 16][height·width·in / groups][16].</summary>
internal sealed class GroupedPanels(int groups) : ParameterLayout
{
    public override long PaddedLength(Shape shape) => shape.Size / shape[-1] * groups * Padding.Up(shape[-1] / groups);

    public override unsafe void Write(Shape shape, ReadOnlySpan<float> canonical, float* packed)
    {
        for (int i = 0; i < canonical.Length; i++) packed[Place(shape, i)] = canonical[i];
    }

    public override unsafe void Read(Shape shape, float* packed, Span<float> canonical)
    {
        for (int i = 0; i < canonical.Length; i++) canonical[i] = packed[Place(shape, i)];
    }

    private long Place(Shape shape, int index)
    {
        int outputs = shape[-1], each = outputs / groups, output = index % outputs, row = index / outputs;
        long panel = (long)(output / each * (Padding.Up(each) / Padding.Width)) + (output % each / Padding.Width);
        return ((panel * (shape.Size / outputs)) + row) * Padding.Width + (output % each % Padding.Width);
    }
}
