using TrainService.Tensors.Threading;

namespace TrainService.Tensors.Tests.Threading;

/// <summary>A phase whose tasks are a delegate.</summary>
internal sealed class FakePhase(int tasks, Action<int, int> run, Func<int, double>? cost = null) : Phase
{
    public override int Tasks => tasks;

    public override double CostOf(int task) => cost?.Invoke(task) ?? 1;

    public override void Run(int task, int rank) => run(task, rank);
}
