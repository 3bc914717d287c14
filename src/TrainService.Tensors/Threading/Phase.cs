namespace TrainService.Tensors.Threading;

/// <summary>
/// One step of a <see cref="TeamProgram"/>: tasks that are independent of each other, and that may all read what earlier phases wrote.
/// </summary>
public abstract class Phase
{
    /// <summary>How many tasks there are. Read once, when the program is made.</summary>
    public abstract int Tasks { get; }

    /// <summary>
    /// What a task costs relative to the others of its phase, so that each thread's share takes the same time. Read once, when the program is
    /// made; 0 or more.
    /// </summary>
    public virtual double CostOf(int task) => 1;

    /// <summary>Does one task. Called once for each of 0 … <see cref="Tasks"/> - 1, at the same time on several threads.</summary>
    /// <param name="rank">Which thread of the team: 0 … threads - 1. Use it for scratch memory only: any thread may get any task.</param>
    public abstract void Run(int task, int rank);
}
