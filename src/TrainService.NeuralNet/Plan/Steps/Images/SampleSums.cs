using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Normalization;

namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>Two sums of each channel over the pixels of one sample, in double: a row of the buffer holds the first sums, then the second ones.</summary>
internal static unsafe class SampleSums
{
    /// <summary>Floats that a row needs for so many channels.</summary>
    public static int RowLength(int stride) => 4 * stride;

    /// <summary>Of the pixels that are there, those that can be summed: whole sums, or all when they are the last.</summary>
    public static int Whole(int available, int pixels) => available == pixels ? pixels : available / ChannelNormalization.PixelsPerSum * ChannelNormalization.PixelsPerSum;

    /// <summary>The sums of a sample.</summary>
    public static double* Of(PlanBuffer sums, int sample, int stride, bool clear)
    {
        double* totals = (double*)sums.Row(sample);
        if (clear) new Span<double>(totals, 2 * stride).Clear();
        return totals;
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
}
