using TrainService.NeuralNet.Graph;

namespace TrainService.Benchmarks.Workloads;

/// <summary>Something that is done again and again, and timed.</summary>
internal abstract class Workload : IDisposable
{
    public abstract Network Network { get; }

    /// <summary>Samples of a step.</summary>
    public abstract int Batch { get; }

    /// <summary>FLOPs that a sample takes: convolutions and dense layers only, two for a multiply-add.</summary>
    public abstract double Flops { get; }

    /// <summary>Of the last step; NaN where nothing is learned.</summary>
    public virtual double LastLoss => double.NaN;

    public abstract void Step();

    public abstract void Dispose();
}
