using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Convolution;

/// <summary>Rearranges a kernel for the passes of the input gradient: [group][out / 16][tap][in][16] to [pass][in / 16][tap of the pass][out][16].</summary>
public sealed unsafe class KernelTransposition
{
    private readonly ConvolutionShape _shape;
    private readonly (long From, long To, long Panel)[] _taps;

    internal KernelTransposition(ConvolutionShape shape, IReadOnlyList<(long From, long To, long Panel)> taps)
    {
        _shape = shape;
        _taps = [.. taps];
    }

    /// <summary>Pieces that can be done independently of each other.</summary>
    public int Count => _taps.Length;

    public void Run(float* kernel, float* transposed, int from, int to)
    {
        int inputs = _shape.InputsPerGroup, outputs = _shape.OutputsPerGroup;
        for (int i = from; i < to; i++)
        {
            for (int c = 0; c < inputs; c += Panels.Width)
            {
                for (int o = 0; o < outputs; o += Panels.Width)
                {
                    float* source = kernel + _taps[i].From + ((long)(o / Panels.Width) * _shape.Depth + c) * Panels.Width;
                    float* target = transposed + _taps[i].To + c / Panels.Width * _taps[i].Panel + (long)o * Panels.Width;
                    int rows = Math.Min(Panels.Width, inputs - c), columns = Math.Min(Panels.Width, outputs - o);
                    if (rows == Panels.Width && columns == Panels.Width) PanelTranspose.Square(SimdPaths.Best, source, target);
                    else PanelTranspose.Part(source, target, rows, columns);
                }
            }
        }
    }
}
