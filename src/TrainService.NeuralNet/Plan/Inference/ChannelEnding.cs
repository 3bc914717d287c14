using System.Runtime.Intrinsics;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.State;
using TrainService.Tensors.Kernels;

namespace TrainService.NeuralNet.Plan.Inference;

/// <summary>
/// What stands behind a product or depthwise convolution in a plan that only predicts, and is done before the results leave the cache: bias, batch
/// normalization, one shortcut, bounds (relu, relu6), in this order. Layers that come later fold themselves in here.
/// </summary>
/// <param name="coefficients">Row 0 holds the scale, row 1 the shift of each channel; made by <see cref="Prepare"/>.</param>
/// <param name="target">What the step writes.</param>
/// <param name="stride">Floats from one pixel of the target to the next.</param>
/// <param name="takesResidual">The step can add a shortcut.</param>
internal sealed unsafe class ChannelEnding(PlanBuffer coefficients, PlanBuffer target, int stride, Parameter? bias, bool takesResidual)
{
    private BatchNormTensors? _normalization;
    private float _low = float.NegativeInfinity;
    private float _high = float.PositiveInfinity;

    private bool IsBounded => _low > float.NegativeInfinity || _high < float.PositiveInfinity;

    public PlanBuffer? Residual { get; private set; }

    /// <summary>What a step that ends so reads beside its own inputs.</summary>
    public IEnumerable<Touch> Reads => Residual is null ? [new(coefficients, Access.All)] : [new(coefficients, Access.All), new(Residual, Access.RowsOnly)];

    public bool TryNormalize(BatchNormTensors tensors)
    {
        if (_normalization is not null || Residual is not null || IsBounded) return false;
        _normalization = tensors;
        return true;
    }

    public bool TryAdd(PlanBuffer residual)
    {
        if (!takesResidual || Residual is not null || IsBounded || residual.Stride != target.Stride) return false;
        Residual = residual;
        return true;
    }

    public bool TryBound(float low, float high)
    {
        if (IsBounded) return false;
        (_low, _high) = (low, high);
        return true;
    }

    /// <summary>Works the coefficients out of the parameters as they are now: y = x · scale + shift.</summary>
    public void Prepare()
    {
        float* scales = coefficients.Row(0), shifts = coefficients.Row(1);
        for (int c = 0; c < coefficients.Stride; c += Padding.Width)
        {
            Vector512<float> scale = Vector512<float>.One, shift = bias is null ? default : Vector512.Load(bias.Values + c);
            if (_normalization is { } t)
            {
                scale = t.GammaAt(c) / Vector512.Sqrt(Vector512.Load(t.Variance.Values + c) + Vector512.Create(t.Epsilon));
                shift = ((shift - Vector512.Load(t.Mean.Values + c)) * scale) + t.BetaAt(c);
            }

            scale.Store(scales + c);
            shift.Store(shifts + c);
        }
    }

    /// <summary>For the results from the first pixel of a batch on.</summary>
    public ProductEnding ForBatch() => new(coefficients.Row(0), coefficients.Row(1), _low, _high, Residual is null ? null : Residual.Pointer, stride);
}
