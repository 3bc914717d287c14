using TrainService.Tensors;
using TrainService.Tensors.Kernels;

namespace TrainService.NeuralNet.State;

/// <summary>How a parameter lies in memory for the kernels; padding is zero and stays zero under every optimizer.</summary>
public abstract class ParameterLayout
{
    /// <summary>Floats that it takes, a multiple of 16.</summary>
    public abstract long PaddedLength(Shape shape);

    public abstract unsafe void Write(Shape shape, ReadOnlySpan<float> canonical, float* packed);

    public abstract unsafe void Read(Shape shape, float* packed, Span<float> canonical);

    /// <summary>One after the other, the end padded to 16: vectors.</summary>
    public static ParameterLayout Flat { get; } = new FlatLayout();

    /// <summary>A matrix [in, out] as panels of 16 columns, [out / 16][in][16]: what <see cref="TileProduct"/> reads.</summary>
    public static ParameterLayout Panels { get; } = new PanelLayout();

    private sealed class FlatLayout : ParameterLayout
    {
        public override long PaddedLength(Shape shape) => Padding.Up(shape.Size);

        public override unsafe void Write(Shape shape, ReadOnlySpan<float> canonical, float* packed)
            => canonical.CopyTo(new Span<float>(packed, (int)shape.Size));

        public override unsafe void Read(Shape shape, float* packed, Span<float> canonical)
            => new ReadOnlySpan<float>(packed, (int)shape.Size).CopyTo(canonical);
    }

    private sealed class PanelLayout : ParameterLayout
    {
        public override long PaddedLength(Shape shape) => Padding.Up(shape[-1]) * (shape.Size / shape[-1]);

        public override unsafe void Write(Shape shape, ReadOnlySpan<float> canonical, float* packed)
        {
            int columns = shape[-1], rows = (int)(shape.Size / columns);
            for (int r = 0; r < rows; r++)
                for (int c = 0; c < columns; c++)
                    packed[((long)(c / 16) * rows + r) * 16 + (c % 16)] = canonical[r * columns + c];
        }

        public override unsafe void Read(Shape shape, float* packed, Span<float> canonical)
        {
            int columns = shape[-1], rows = (int)(shape.Size / columns);
            for (int r = 0; r < rows; r++)
                for (int c = 0; c < columns; c++)
                    canonical[r * columns + c] = packed[((long)(c / 16) * rows + r) * 16 + (c % 16)];
        }
    }
}
