using TrainService.NeuralNet.State;
using TrainService.Tensors.Kernels.Convolution;

namespace TrainService.NeuralNet.Plan.Steps.Convolution;

/// <summary>
/// Gradient of a convolution's kernel, piece by piece: a range of (tap, channel) and of panels over all samples, in order. Each piece is handed on
/// while it lies in cache.
/// </summary>
internal sealed unsafe class KernelGradientStep : PlanStep
{
    /// <summary>Panels of a task, at most: 128 columns, for which each patch is copied once.</summary>
    private const int MostPanels = 8;

    /// <summary>Rows of the kernel in a task, at most: its gradient then takes 72 KB.</summary>
    private const int MostRowsOfTask = 144;

    /// <summary>Below that many rows the tiles run empty.</summary>
    private const int LeastRowsOfTask = 24;

    /// <summary>Tasks that there should be, for up to four threads to share them evenly.</summary>
    private const int WantedTasks = 8;

    private readonly SourceImages _images;
    private readonly PlanBuffer _gradients;
    private readonly PatchGrid _patches;
    private readonly PatchGrid _columns;
    private readonly ConvolutionShape _shape;
    private readonly Parameter _kernel;
    private readonly ParameterUpdates _updates;
    private readonly int _chunks;
    private readonly int _panelsPerTask;
    private readonly int _firstPiece;

    /// <param name="images">What the patches are taken from, laid out as <paramref name="patches"/> says.</param>
    /// <param name="gradients">The right factor, laid out as <paramref name="columns"/> says.</param>
    public KernelGradientStep(
        Value images, PatchGrid patches, PlanBuffer gradients, PatchGrid columns, ConvolutionShape shape, Parameter kernel, PlanBuffer kernelBuffer,
        ParameterUpdates updates)
    {
        (_images, _patches, _gradients, _columns, _shape, _kernel, _updates) = (new SourceImages(images), patches, gradients, columns, shape, kernel, updates);
        Reads = [.. _images.ReadsAll, new(gradients, Access.All)];
        Writes = [new(updates.Written(kernel, kernelBuffer), Access.All)];
        int panels = shape.PanelsPerGroup;
        _panelsPerTask = Math.Min(panels, MostPanels);
        int wanted = Ceiling(WantedTasks, shape.Groups * Ceiling(panels, _panelsPerTask));
        _chunks = Math.Max(Ceiling(shape.Depth, MostRowsOfTask), Math.Clamp(shape.Depth / LeastRowsOfTask, 1, wanted));
        _firstPiece = updates.Pieces.Count;
        for (int panel = 0; panel < shape.Groups * panels; panel++)
            for (int chunk = 0; chunk < _chunks; chunk++)
                updates.Register(kernel, ((long)panel * shape.Depth + First(chunk)) * Padding.Width, (long)(First(chunk + 1) - First(chunk)) * Padding.Width);
        ScratchLength = GradientLength + PatchGradient.ScratchLength(patches, columns, MostRowsOfChunk, _panelsPerTask, _images.IsPending);
    }

    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; }

    public override IReadOnlyList<Touch> Writes { get; }

    public override int Tasks => _shape.Groups * Ceiling(_shape.PanelsPerGroup, _panelsPerTask) * _chunks;

    public override double Cost => _shape.Work * _gradients.Rows;

    public override int ScratchLength { get; }

    private int MostRowsOfChunk => Ceiling(_shape.Depth, _chunks);

    private int GradientLength => MostRowsOfChunk * _panelsPerTask * Padding.Width;

    public override void Run(in Block block, StepContext context)
    {
        int parts = Ceiling(_shape.PanelsPerGroup, _panelsPerTask);
        for (int task = block.Start; task < block.End; task++)
        {
            int chunk = task % _chunks, part = task / _chunks % parts, group = task / _chunks / parts;
            RunTask(group, part * _panelsPerTask, chunk, context.Scratch(block.Rank), context);
        }
    }

    public override string ToString() => $"{_kernel.Layer} dW";

    private void RunTask(int group, int panel, int chunk, float* scratch, StepContext context)
    {
        int first = First(chunk), last = First(chunk + 1), panels = Math.Min(_panelsPerTask, _shape.PanelsPerGroup - panel);
        PatchGradient.Run(_patches, _images.Pointer + group * _shape.InputsPerGroup, _columns, _gradients.Pointer + group * _shape.OutputsPerGroup,
            first, last, panel, panels, 0, (long)_gradients.Rows * _patches.Positions, scratch, scratch + GradientLength, _images.Map.From(group * _shape.InputsPerGroup));
        for (int p = 0; p < panels; p++)
        {
            int piece = _firstPiece + (group * _shape.PanelsPerGroup + panel + p) * _chunks + chunk;
            _updates.HandIn(piece, scratch + (p * (last - first) * Padding.Width), context);
        }
    }

    private int First(int chunk) => (int)((long)_shape.Depth * chunk / _chunks);

    private static int Ceiling(int value, int unit) => (value + unit - 1) / unit;
}
