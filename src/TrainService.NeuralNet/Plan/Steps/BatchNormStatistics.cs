using System.Runtime.Intrinsics;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>
/// Sums down the rows of one 16-column panel. Rows are added in order, 64 at a time in float32 and those sums in double, so the result
/// depends neither on the number of threads nor on the vector width.
/// </summary>
internal static unsafe class BatchNormStatistics
{
    private const int RowsPerSum = 64;

    /// <summary>Mean and biased variance of each column.</summary>
    public static void MeanAndVariance(float* x, int rows, int stride, out Vector512<float> mean, out Vector512<float> variance)
    {
        (Vector512<double> low, Vector512<double> high) = (Vector512<double>.Zero, Vector512<double>.Zero);
        for (int start = 0; start < rows; start += RowsPerSum)
        {
            Vector512<float> sum = default;
            for (int r = start; r < Math.Min(rows, start + RowsPerSum); r++) sum += Vector512.Load(x + ((long)r * stride));
            (Vector512<double> a, Vector512<double> b) = Vector512.Widen(sum);
            (low, high) = (low + a, high + b);
        }

        mean = Vector512.Narrow(low / Vector512.Create((double)rows), high / Vector512.Create((double)rows));
        (low, high) = (Vector512<double>.Zero, Vector512<double>.Zero);
        for (int start = 0; start < rows; start += RowsPerSum)
        {
            Vector512<float> sum = default;
            for (int r = start; r < Math.Min(rows, start + RowsPerSum); r++)
            {
                Vector512<float> d = Vector512.Load(x + ((long)r * stride)) - mean;
                sum += d * d;
            }

            (Vector512<double> a, Vector512<double> b) = Vector512.Widen(sum);
            (low, high) = (low + a, high + b);
        }

        variance = Vector512.Narrow(low / Vector512.Create((double)rows), high / Vector512.Create((double)rows));
    }

    /// <summary>Σ dy and Σ dy · x̂ of each column, where x̂ = (x - mean) · inverse.</summary>
    public static void GradientSums(float* x, int xStride, float* dy, int dyStride, int rows, Vector512<float> mean, Vector512<float> inverse,
        out Vector512<float> sum, out Vector512<float> sumNormalized)
    {
        (Vector512<double> low, Vector512<double> high) = (Vector512<double>.Zero, Vector512<double>.Zero);
        (Vector512<double> lowN, Vector512<double> highN) = (Vector512<double>.Zero, Vector512<double>.Zero);
        for (int start = 0; start < rows; start += RowsPerSum)
        {
            Vector512<float> part = default, partN = default;
            for (int r = start; r < Math.Min(rows, start + RowsPerSum); r++)
            {
                Vector512<float> g = Vector512.Load(dy + ((long)r * dyStride));
                part += g;
                partN += g * ((Vector512.Load(x + ((long)r * xStride)) - mean) * inverse);
            }

            (Vector512<double> a, Vector512<double> b) = Vector512.Widen(part);
            (low, high) = (low + a, high + b);
            (a, b) = Vector512.Widen(partN);
            (lowN, highN) = (lowN + a, highN + b);
        }

        sum = Vector512.Narrow(low, high);
        sumNormalized = Vector512.Narrow(lowN, highN);
    }
}
