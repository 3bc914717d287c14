using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>The tensors of a layer normalization; gamma or beta is null when it is left out.</summary>
internal sealed record LayerNormTensors(Parameter? Gamma, Parameter? Beta, float Epsilon)
{
    public unsafe float GammaAt(int channel) => Gamma is null ? 1f : Gamma.Values[channel];

    public unsafe float BetaAt(int channel) => Beta is null ? 0f : Beta.Values[channel];
}

/// <summary>x̂ = (x - mean) / √(variance + ε) over the last axis, in double; y = γ · x̂ + β. Ba et al. 2016, arXiv:1607.06450.</summary>
/// <param name="statistics">1 / √(variance + ε) of each stretch of the last axis.</param>
internal sealed unsafe class LayerNormStep(PlanBuffer x, PlanBuffer y, PlanBuffer normalized, PlanBuffer statistics, int channels, LayerNormTensors t,
    IReadOnlyList<PlanBuffer> parameters) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = [new(x, Access.RowsOnly), .. parameters.Select(p => new Touch(p, Access.All))];

    public override IReadOnlyList<Touch> Writes { get; } = [new(y, Access.RowsOnly), new(normalized, Access.RowsOnly), new(statistics, Access.RowsOnly)];

    public override double Cost => y.Length * 4.0;

    public override void Run(in Block block, StepContext context)
    {
        for (int r = block.Start; r < block.End; r++)
        {
            for (int p = 0; p < x.RowLength / channels; p++)
            {
                float* from = x.Row(r) + (p * channels), hat = normalized.Row(r) + (p * channels), to = y.Row(r) + (p * channels);
                double mean = 0, variance = 0;
                for (int c = 0; c < channels; c++) mean += from[c];
                mean /= channels;
                for (int c = 0; c < channels; c++) variance += (from[c] - mean) * (from[c] - mean);
                double inverse = 1 / Math.Sqrt((variance / channels) + t.Epsilon);
                statistics.Row(r)[p] = (float)inverse;
                for (int c = 0; c < channels; c++)
                {
                    hat[c] = (float)((from[c] - mean) * inverse);
                    to[c] = (hat[c] * t.GammaAt(c)) + t.BetaAt(c);
                }
            }

            new Span<float>(y.Row(r), y.Stride)[y.RowLength..].Clear();
        }
    }

    public override string ToString() => "layer norm";
}

/// <summary>With h = dy · γ: dx = (h - mean(h) - x̂ · mean(h · x̂)) / √(variance + ε).</summary>
internal sealed unsafe class LayerNormInputGradientStep(PlanBuffer dy, PlanBuffer dx, PlanBuffer normalized, PlanBuffer statistics, int channels, LayerNormTensors t,
    IReadOnlyList<PlanBuffer> parameters, bool accumulate) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } =
    [
        new(dy, Access.RowsOnly), new(dx, Access.RowsOnly), new(normalized, Access.RowsOnly), new(statistics, Access.RowsOnly),
        .. parameters.Select(p => new Touch(p, Access.All)),
    ];

    public override IReadOnlyList<Touch> Writes { get; } = [new(dx, Access.RowsOnly)];

    public override double Cost => dx.Length * 4.0;

    public override void Run(in Block block, StepContext context)
    {
        for (int r = block.Start; r < block.End; r++)
        {
            if (!accumulate) new Span<float>(dx.Row(r), dx.Stride).Clear();
            for (int p = 0; p < dx.RowLength / channels; p++)
            {
                float* g = dy.Row(r) + (p * channels), hat = normalized.Row(r) + (p * channels), to = dx.Row(r) + (p * channels);
                double mean = 0, slope = 0;
                for (int c = 0; c < channels; c++)
                {
                    double h = (double)g[c] * t.GammaAt(c);
                    mean += h;
                    slope += h * hat[c];
                }

                mean /= channels;
                slope /= channels;
                for (int c = 0; c < channels; c++) to[c] += (float)((((double)g[c] * t.GammaAt(c)) - mean - (hat[c] * slope)) * statistics.Row(r)[p]);
            }
        }
    }

    public override string ToString() => "layer norm'";
}

/// <summary>dγ = Σ dy · x̂, dβ = Σ dy over samples and pixels, 16 channels a task, in order.</summary>
internal sealed unsafe class LayerNormParametersStep : PlanStep
{
    private readonly PlanBuffer _dy;
    private readonly PlanBuffer _normalized;
    private readonly int _channels;
    private readonly LayerNormTensors _t;
    private readonly ParameterUpdates _updates;
    private readonly int _gammaPiece;
    private readonly int _betaPiece;

    public LayerNormParametersStep(PlanBuffer dy, PlanBuffer normalized, int channels, LayerNormTensors t, Func<Parameter, PlanBuffer> bufferOf, ParameterUpdates updates)
    {
        (_dy, _normalized, _channels, _t, _updates) = (dy, normalized, channels, t, updates);
        Reads = [new(dy, Access.All), new(normalized, Access.All)];
        List<Touch> writes = [];
        _gammaPiece = Announce(t.Gamma);
        _betaPiece = Announce(t.Beta);
        Writes = writes;

        int Announce(Parameter? parameter)
        {
            int first = updates.Pieces.Count;
            if (parameter is null) return first;
            for (int panel = 0; panel < Tasks; panel++) updates.Register(parameter, panel * Padding.Width, Padding.Width);
            writes.Add(new(updates.Written(parameter, bufferOf(parameter)), Access.All));
            return first;
        }
    }

    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; }

    public override IReadOnlyList<Touch> Writes { get; }

    public override int Tasks => Padding.Up(_channels) / Padding.Width;

    public override double Cost => _dy.Length * 2.0;

    public override int ScratchLength => 2 * Padding.Width;

    public override void Run(in Block block, StepContext context)
    {
        float* gamma = context.Scratch(block.Rank), beta = gamma + Padding.Width;
        for (int panel = block.Start; panel < block.End; panel++)
        {
            new Span<float>(gamma, 2 * Padding.Width).Clear();
            int first = panel * Padding.Width, count = Math.Min(Padding.Width, _channels - first);
            for (int i = 0; i < count; i++)
            {
                double slope = 0, sum = 0;
                for (int r = 0; r < _dy.Rows; r++)
                    for (int at = first + i; at < _dy.RowLength; at += _channels)
                    {
                        slope += (double)_dy.Row(r)[at] * _normalized.Row(r)[at];
                        sum += _dy.Row(r)[at];
                    }

                (gamma[i], beta[i]) = ((float)slope, (float)sum);
            }

            if (_t.Gamma is not null) _updates.HandIn(_gammaPiece + panel, gamma, context);
            if (_t.Beta is not null) _updates.HandIn(_betaPiece + panel, beta, context);
        }
    }

    public override string ToString() => "layer norm dγ, dβ";
}
