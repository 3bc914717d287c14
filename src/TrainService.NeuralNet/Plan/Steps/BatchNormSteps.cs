using System.Runtime.Intrinsics;
using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>The tensors of a batch normalization; gamma or beta is null when it is left out.</summary>
internal sealed record BatchNormTensors(Parameter? Gamma, Parameter? Beta, Parameter Mean, Parameter Variance, float Momentum, float Epsilon)
{
    public required IReadOnlyList<PlanBuffer> Buffers { get; init; }

    /// <summary>False when gamma and beta stay as they are.</summary>
    public bool Learns { get; init; } = true;

    /// <summary>It has something to learn itself.</summary>
    public bool HasGradient => Learns && (Gamma is not null || Beta is not null);

    /// <summary>Of <see cref="Buffers"/> those of the moving statistics.</summary>
    public IEnumerable<PlanBuffer> MovingBuffers => Buffers.TakeLast(2);

    public unsafe Vector512<float> GammaAt(int column) => Gamma is null ? Vector512<float>.One : Vector512.Load(Gamma.Values + column);

    public unsafe Vector512<float> BetaAt(int column) => Beta is null ? Vector512<float>.Zero : Vector512.Load(Beta.Values + column);
}

/// <summary>
/// y = (x - mean) · gamma / √(variance + ε) + beta with the statistics of the batch, which also move the moving ones:
/// moving = moving · momentum + batch · (1 - momentum), with the biased variance as Keras takes it. Ioffe, Szegedy 2015, arXiv:1502.03167.
/// </summary>
internal sealed unsafe class BatchNormTrainStep(PlanBuffer x, PlanBuffer y, PlanBuffer statistics, BatchNormTensors t) : PlanStep
{
    public override Domains Domains => Domains.Columns;

    public override IReadOnlyList<Touch> Reads { get; } = [new(x, Access.Aligned), .. t.Buffers.Select(b => new Touch(b, Access.Aligned))];

    public override IReadOnlyList<Touch> Writes { get; } = [new(y, Access.Aligned), new(statistics, Access.Aligned), .. t.Buffers.Select(b => new Touch(b, Access.Aligned))];

    public override double Cost => y.Length * 2;

    public override void Run(in Block block, StepContext context)
    {
        for (int c = block.Start * Padding.Width; c < block.End * Padding.Width; c += Padding.Width)
        {
            BatchNormStatistics.MeanAndVariance(x.Pointer + c, x.Rows, x.Stride, out Vector512<float> mean, out Vector512<float> variance);
            Vector512<float> inverse = Vector512<float>.One / Vector512.Sqrt(variance + Vector512.Create(t.Epsilon));
            mean.Store(statistics.Row(0) + c);
            inverse.Store(statistics.Row(1) + c);
            Vector512<float> keep = Vector512.Create(t.Momentum), take = Vector512.Create(1 - t.Momentum);
            ((Vector512.Load(t.Mean.Values + c) * keep) + (mean * take)).Store(t.Mean.Values + c);
            ((Vector512.Load(t.Variance.Values + c) * keep) + (variance * take)).Store(t.Variance.Values + c);
            Vector512<float> scale = t.GammaAt(c) * inverse, beta = t.BetaAt(c);
            for (int r = 0; r < x.Rows; r++) (((Vector512.Load(x.Row(r) + c) - mean) * scale) + beta).Store(y.Row(r) + c);
        }
    }

    public override string ToString() => $"{t.Mean.Layer} normalize";
}

/// <summary>The same with the moving statistics, which stay as they are: inference, and a frozen layer.</summary>
internal sealed unsafe class BatchNormFixedStep(PlanBuffer x, PlanBuffer y, BatchNormTensors t) : PlanStep
{
    public override Domains Domains => Domains.Rows | Domains.Columns;

    public override IReadOnlyList<Touch> Reads { get; } = [new(x, Access.Aligned), .. t.Buffers.Select(b => new Touch(b, Access.All))];

    public override IReadOnlyList<Touch> Writes { get; } = [new(y, Access.Aligned)];

    public override void Run(in Block block, StepContext context)
    {
        (int row, int rows, int panel, int panels) = DensePolicy.Extent(block, y);
        for (int c = panel * Padding.Width; c < (panel + panels) * Padding.Width; c += Padding.Width)
        {
            Vector512<float> scale = t.GammaAt(c) / Vector512.Sqrt(Vector512.Load(t.Variance.Values + c) + Vector512.Create(t.Epsilon));
            Vector512<float> mean = Vector512.Load(t.Mean.Values + c), beta = t.BetaAt(c);
            for (int r = row; r < row + rows; r++) (((Vector512.Load(x.Row(r) + c) - mean) * scale) + beta).Store(y.Row(r) + c);
        }
    }

    public override string ToString() => $"{t.Mean.Layer} normalize (fixed)";
}

/// <summary>dx through fixed statistics: dy · gamma / √(variance + ε).</summary>
internal sealed unsafe class BatchNormFixedGradientStep(PlanBuffer dy, PlanBuffer dx, BatchNormTensors t, bool accumulate) : PlanStep
{
    public override Domains Domains => Domains.Rows | Domains.Columns;

    public override IReadOnlyList<Touch> Reads { get; } = [new(dy, Access.Aligned), new(dx, Access.Aligned), .. t.Buffers.Select(b => new Touch(b, Access.All))];

    public override IReadOnlyList<Touch> Writes { get; } = [new(dx, Access.Aligned)];

    public override void Run(in Block block, StepContext context)
    {
        (int row, int rows, int panel, int panels) = DensePolicy.Extent(block, dx);
        for (int c = panel * Padding.Width; c < (panel + panels) * Padding.Width; c += Padding.Width)
        {
            Vector512<float> scale = t.GammaAt(c) / Vector512.Sqrt(Vector512.Load(t.Variance.Values + c) + Vector512.Create(t.Epsilon));
            for (int r = row; r < row + rows; r++)
            {
                Vector512<float> g = Vector512.Load(dy.Row(r) + c) * scale;
                (accumulate ? Vector512.Load(dx.Row(r) + c) + g : g).Store(dx.Row(r) + c);
            }
        }
    }

    public override string ToString() => $"{t.Mean.Layer} normalize' (fixed)";
}

/// <summary>
/// Back through the batch's own statistics: with x̂ normalized and N rows, dβ = Σ dy, dγ = Σ dy · x̂,
/// dx = γ / √(variance + ε) · (dy - dβ/N - x̂ · dγ/N).
/// </summary>
internal sealed unsafe class BatchNormGradientStep : PlanStep
{
    private readonly PlanBuffer _x;
    private readonly PlanBuffer _dy;
    private readonly PlanBuffer? _dx;
    private readonly PlanBuffer _statistics;
    private readonly BatchNormTensors _t;
    private readonly ParameterUpdates _updates;
    private readonly bool _accumulate;
    private readonly int _gammaPiece;
    private readonly int _betaPiece;

    public BatchNormGradientStep(PlanBuffer x, PlanBuffer dy, PlanBuffer? dx, bool accumulate, PlanBuffer statistics, BatchNormTensors t,
        Func<Parameter, PlanBuffer> bufferOf, ParameterUpdates updates)
    {
        (_x, _dy, _dx, _accumulate, _statistics, _t, _updates) = (x, dy, dx, accumulate, statistics, t, updates);
        List<Touch> writes = dx is null ? [] : [new(dx, Access.Aligned)];
        _gammaPiece = Announce(t.Gamma);
        _betaPiece = Announce(t.Beta);
        if (writes.Count == 0) writes.Add(new(dy, Access.Aligned));
        Writes = writes;
        Reads = [new(x, Access.Aligned), new(dy, Access.Aligned), new(statistics, Access.Aligned), .. t.Buffers.Select(b => new Touch(b, Access.Aligned))];

        int Announce(Parameter? parameter)
        {
            int first = updates.Pieces.Count;
            if (parameter is null || !t.Learns) return -1;
            for (int panel = 0; panel < x.Panels; panel++) updates.Register(parameter, panel * Padding.Width, Padding.Width);
            writes.Add(new(updates.Written(parameter, bufferOf(parameter)), Access.Aligned));
            return first;
        }
    }

    public override Domains Domains => Domains.Columns;

    public override IReadOnlyList<Touch> Reads { get; }

    public override IReadOnlyList<Touch> Writes { get; }

    public override int Panels => _x.Panels;

    public override double Cost => _x.Length * 2;

    public override int ScratchLength => Padding.Width;

    public override void Run(in Block block, StepContext context)
    {
        for (int panel = block.Start; panel < block.End; panel++)
        {
            int c = panel * Padding.Width;
            Vector512<float> mean = Vector512.Load(_statistics.Row(0) + c), inverse = Vector512.Load(_statistics.Row(1) + c);
            BatchNormStatistics.GradientSums(_x.Pointer + c, _x.Stride, _dy.Pointer + c, _dy.Stride, _x.Rows, mean, inverse,
                out Vector512<float> sum, out Vector512<float> sumNormalized);
            if (_dx is not null) InputGradient(c, mean, inverse, sum, sumNormalized);
            float* piece = context.Scratch(block.Rank);
            if (_gammaPiece >= 0)
            {
                sumNormalized.Store(piece);
                _updates.HandIn(_gammaPiece + panel, piece, context);
            }

            if (_betaPiece >= 0)
            {
                sum.Store(piece);
                _updates.HandIn(_betaPiece + panel, piece, context);
            }
        }
    }

    public override string ToString() => $"{_t.Mean.Layer} normalize'";

    private void InputGradient(int c, Vector512<float> mean, Vector512<float> inverse, Vector512<float> sum, Vector512<float> sumNormalized)
    {
        Vector512<float> rows = Vector512.Create((float)_x.Rows);
        Vector512<float> scale = _t.GammaAt(c) * inverse, meanGradient = sum / rows, slope = sumNormalized / rows * inverse;
        for (int r = 0; r < _x.Rows; r++)
        {
            Vector512<float> g = scale * (Vector512.Load(_dy.Row(r) + c) - meanGradient - ((Vector512.Load(_x.Row(r) + c) - mean) * slope));
            (_accumulate ? Vector512.Load(_dx!.Row(r) + c) + g : g).Store(_dx!.Row(r) + c);
        }
    }
}
