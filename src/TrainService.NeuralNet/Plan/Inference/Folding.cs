using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.Plan.Steps.Convolution;
using TrainService.NeuralNet.State;
using TrainService.Tensors.Kernels.Convolution;
using TrainService.Tensors.Kernels.Convolution.Winograd;

namespace TrainService.NeuralNet.Plan.Inference;

/// <summary>
/// Keeps, while a plan that only predicts is built, which values can still be changed where they are made: those that a step with an ending has just
/// written, that nobody has read, and that one layer alone will read.
/// </summary>
internal sealed class Folding
{
    private readonly Dictionary<PlanBuffer, EndedStep> _open = [];
    private readonly Dictionary<PlanBuffer, int> _written = [];
    private readonly HashSet<PlanBuffer> _shared = [];
    private readonly List<ChannelEnding> _endings = [];

    /// <summary>Every ending of the plan.</summary>
    public IReadOnlyList<ChannelEnding> Endings => _endings;

    /// <summary>Several layers read this value, or none does.</summary>
    public void MarkShared(Value value) => _shared.Add(value.Buffer);

    /// <summary>To be called with every step that is added, in order.</summary>
    public void Note(PlanStep step, int index)
    {
        foreach (Touch read in step.Reads) _open.Remove(read.Buffer);
        foreach (Touch write in step.Writes)
        {
            _open.Remove(write.Buffer);
            _written[write.Buffer] = index;
        }

        if (step is EndedStep ended) _open[ended.Target] = ended;
    }

    public Value Convolve(LayerBuild build, Value x, Value y, IReadOnlyList<PatchPass> passes, Parameter kernel, Parameter? bias)
    {
        build.Add(new EndedConvolutionStep(kernel.Layer, x.Buffer, build.BufferOf(kernel), y.Buffer, passes, NewEnding(build, y, bias, takesResidual: true)));
        return y;
    }

    /// <summary>A 3x3 convolution in tiles.</summary>
    public Value ConvolveInTiles(LayerBuild build, Value x, Value y, WinogradShape shape, Parameter kernel, Parameter? bias)
    {
        PlanBuffer planes = build.NewMatrix("tiles", 1, shape.KernelLength);
        build.Add(new WinogradKernelStep(kernel.Layer, shape.Inputs, shape.Outputs, build.BufferOf(kernel), planes));
        build.Add(new EndedWinogradStep(kernel.Layer, shape, x, planes, y, NewEnding(build, y, bias, takesResidual: true)));
        return y;
    }

    public Value ConvolveDepthwise(LayerBuild build, Value x, Value y, DepthwisePass pass, Parameter kernel, Parameter? bias)
    {
        bool strips = DepthwiseStrip.Serves(pass);
        ChannelEnding ending = NewEnding(build, y, bias, takesResidual: !strips);
        build.Add(strips
            ? new EndedDepthwiseStep(kernel.Layer, x.Buffer, build.BufferOf(kernel), y.Buffer, pass, ending)
            : new FinishedDepthwiseStep(kernel.Layer, x.Buffer, build.BufferOf(kernel), y.Buffer, pass, ending));
        return y;
    }

    public Value Multiply(LayerBuild build, Value x, Value y, Parameter kernel, Parameter? bias)
    {
        build.Add(new EndedDenseStep(kernel.Layer, x.Buffer, build.BufferOf(kernel), y.Buffer, kernel.Shape[0], NewEnding(build, y, bias, takesResidual: true)));
        return y;
    }

    public bool TryNormalize(Value value, BatchNormTensors tensors) => EndingOf(value) is { } ending && ending.TryNormalize(tensors);

    public bool TryBound(Value value, float low, float high) => EndingOf(value) is { } ending && ending.TryBound(low, high);

    /// <summary>a + b, in place of whichever was made last.</summary>
    public Value? TryAdd(Value a, Value b)
    {
        if (a.Buffer == b.Buffer || a.ChannelStride != b.ChannelStride) return null;
        (Value later, Value earlier) = _written.GetValueOrDefault(a.Buffer) > _written.GetValueOrDefault(b.Buffer) ? (a, b) : (b, a);
        if (EndingOf(later) is not { } ending || !ending.TryAdd(earlier.Buffer)) return null;
        // Read from now on by a step that is already there.
        _open.Remove(earlier.Buffer);
        return later;
    }

    private ChannelEnding? EndingOf(Value value)
        => !_shared.Contains(value.Buffer) && _open.TryGetValue(value.Buffer, out EndedStep? step) ? step.Ending : null;

    private ChannelEnding NewEnding(LayerBuild build, Value y, Parameter? bias, bool takesResidual)
    {
        PlanBuffer coefficients = build.NewMatrix("coefficients", 2, y.Channels);
        coefficients.Kept = true;
        ChannelEnding ending = new(coefficients, y.Buffer, y.ChannelStride, bias, takesResidual);
        _endings.Add(ending);
        return ending;
    }
}
