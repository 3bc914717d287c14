using System.Runtime.Intrinsics;
using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>
/// Two sums of each channel over the pixels of one sample, kept in double: 64 pixels at a time in float32, those sums in order. The cut is
/// fixed by the image's size alone, so bits depend on neither threads nor blocks. A row of the buffer holds the first sums, then the second ones.
/// </summary>
internal static unsafe class SampleSums
{
    private const int PixelsPerSum = 64;

    /// <summary>Floats that a row needs for so many channels.</summary>
    public static int RowLength(int stride) => 4 * stride;

    /// <summary>Σx and Σx². Squares are taken about the mean of their 64 pixels, so that a large mean costs no digits.</summary>
    public static void Moments(float* x, int pixels, int stride, float* sums)
    {
        double* first = (double*)sums, second = first + stride;
        new Span<double>(first, 2 * stride).Clear();
        for (int start = 0; start < pixels; start += PixelsPerSum)
        {
            int count = Math.Min(PixelsPerSum, pixels - start);
            for (int c = 0; c < stride; c += Padding.Width)
            {
                float* from = x + ((long)start * stride) + c;
                Vector512<float> sum = default, squares = default;
                for (int p = 0; p < count; p++) sum += Vector512.Load(from + ((long)p * stride));
                Vector512<float> mean = sum / Vector512.Create((float)count);
                for (int p = 0; p < count; p++)
                {
                    Vector512<float> d = Vector512.Load(from + ((long)p * stride)) - mean;
                    squares += d * d;
                }

                // Σx² = Σ(x - m)² + 2mΣx - nm²
                (Vector512<double> low, Vector512<double> high) = Vector512.Widen(sum);
                (Vector512<double> lowMean, Vector512<double> highMean) = Vector512.Widen(mean);
                (Vector512<double> lowSquares, Vector512<double> highSquares) = Vector512.Widen(squares);
                Vector512<double> n = Vector512.Create((double)count);
                AddTo(first + c, low, high);
                AddTo(second + c, lowSquares + (lowMean * ((low + low) - (lowMean * n))), highSquares + (highMean * ((high + high) - (highMean * n))));
            }
        }
    }

    /// <summary>Σdy and Σdy · x̂ with x̂ = (x - mean) · inverse.</summary>
    public static void Gradients(float* x, float* dy, int pixels, int stride, BatchNormCoefficients coefficients, float* sums)
    {
        double* first = (double*)sums, second = first + stride;
        new Span<double>(first, 2 * stride).Clear();
        for (int start = 0; start < pixels; start += PixelsPerSum)
        {
            int count = Math.Min(PixelsPerSum, pixels - start);
            for (int c = 0; c < stride; c += Padding.Width)
            {
                long at = ((long)start * stride) + c;
                Vector512<float> mean = coefficients.Mean(c), sum = default, products = default;
                for (int p = 0; p < count; p++, at += stride)
                {
                    Vector512<float> g = Vector512.Load(dy + at);
                    sum += g;
                    products += g * (Vector512.Load(x + at) - mean);
                }

                (Vector512<double> low, Vector512<double> high) = Vector512.Widen(sum);
                AddTo(first + c, low, high);
                (low, high) = Vector512.Widen(products * coefficients.Inverse(c));
                AddTo(second + c, low, high);
            }
        }
    }

    /// <summary>Both sums over all samples, in their order, for 16 channels.</summary>
    public static (Vector512<double> Low, Vector512<double> High) Total(PlanBuffer sums, int stride, int channel, bool second)
    {
        (Vector512<double> low, Vector512<double> high) = (Vector512<double>.Zero, Vector512<double>.Zero);
        for (int r = 0; r < sums.Rows; r++)
        {
            double* at = (double*)sums.Row(r) + (second ? stride : 0) + channel;
            (low, high) = (low + Vector512.Load(at), high + Vector512.Load(at + Vector512<double>.Count));
        }

        return (low, high);
    }

    private static void AddTo(double* target, Vector512<double> low, Vector512<double> high)
    {
        (Vector512.Load(target) + low).Store(target);
        (Vector512.Load(target + Vector512<double>.Count) + high).Store(target + Vector512<double>.Count);
    }
}
