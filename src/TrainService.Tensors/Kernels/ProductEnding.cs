namespace TrainService.Tensors.Kernels;

/// <summary>
/// What becomes of the results of a product or a depthwise convolution before they leave the registers:
/// y = min(max(x · scale + shift + residual, low), high), scale and shift by column. NaN stays NaN.
/// </summary>
/// <param name="scale">One a column, whole panels.</param>
/// <param name="shift">One a column, whole panels.</param>
/// <param name="low">-∞ for none.</param>
/// <param name="high">∞ for none.</param>
/// <param name="residual">Element (r, c) lies at residual[r · residualRow + c]; null for none.</param>
/// <param name="residualRow">Floats from a row of the residual to the next.</param>
public readonly unsafe struct ProductEnding(float* scale, float* shift, float low, float high, float* residual = null, nint residualRow = 0)
{
    public float* Scale => scale;

    public float* Shift => shift;

    public float Low => low;

    public float High => high;

    public float* Residual => residual;

    public nint ResidualRow => residualRow;

    internal bool Bounded => low > float.NegativeInfinity || high < float.PositiveInfinity;

    /// <summary>The same for the results from this row and column on.</summary>
    public ProductEnding From(nint row, nint column)
        => new(scale + column, shift + column, low, high, residual == null ? null : residual + row * residualRow + column, residualRow);
}
