using TrainService.NeuralNet.Optimizers;
using TrainService.Tensors;
using TrainService.Tensors.Memory;

namespace TrainService.NeuralNet.Plan;

/// <summary>What changes from one step to the next while the plan stays the same. Written between runs, read by all blocks.</summary>
public sealed unsafe class StepContext(int maxRows) : IDisposable
{
    private Arena? _scratch;
    private long _scratchStride;
    private bool _rejected;

    public RowSource? Inputs { get; set; }

    public RowSource? Targets { get; set; }

    /// <summary>A weight a row of the source; empty for 1.</summary>
    public ReadOnlyMemory<float> SampleWeights { get; set; }

    /// <summary>Which rows of the sources make up the batch.</summary>
    public int[] Rows { get; } = new int[maxRows];

    /// <summary>Loss of each row of the batch, unweighted.</summary>
    public double[] RowLoss { get; } = new double[maxRows];

    /// <summary>Weight of each row of the batch.</summary>
    public float[] RowWeight { get; } = new float[maxRows];

    public ulong Seed { get; set; }

    /// <summary>Updates done before this one.</summary>
    public long Iteration { get; set; }

    public UpdateScalars Scalars { get; set; }

    /// <summary>w is scaled by 1 minus this before the update (rate · weight decay).</summary>
    public float Decay { get; set; }

    /// <summary>The weights are updated; false while gradients of several batches are gathered for one update.</summary>
    public bool Updates { get; set; } = true;

    /// <summary>What the moving average of the weights keeps of itself in this batch.</summary>
    public float AverageKept { get; set; }

    /// <summary>The weights are set to their moving average after this batch.</summary>
    public bool TakesAverage { get; set; }

    /// <summary>Have the sums of squares of the gradients gathered in this step.</summary>
    public bool WantNorms { get; set; }

    /// <summary>Masks from outside; null for random ones.</summary>
    public IDropoutMasks? DropoutMasks { get; init; }

    /// <summary>The loss of a row is not finite: updates that come after it are left out.</summary>
    public bool Rejected
    {
        get => Volatile.Read(ref _rejected);
        set => Volatile.Write(ref _rejected, value);
    }

    public void Dispose() => _scratch?.Dispose();

    internal void ReserveScratch(int ranks, int length)
    {
        _scratchStride = (length + 1023) / 1024 * 1024;
        if (length == 0 || _scratch?.Length >= ranks * _scratchStride) return;
        _scratch?.Dispose();
        _scratch = new Arena(ranks * _scratchStride);
    }

    internal float* Scratch(int rank) => _scratch!.At(rank * _scratchStride);
}
