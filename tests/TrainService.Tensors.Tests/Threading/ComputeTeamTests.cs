using TrainService.Tensors.Threading;

namespace TrainService.Tensors.Tests.Threading;

public class ComputeTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_task_of_a_phase_runs_once_and_after_all_of_the_phase_before(int threads)
    {
        using var pool = new ComputePool();
        using ComputeTeam team = pool.Lease(threads);
        int[] sizes = [1, 7, 0, 2, 3, 40, 1, 5];
        var phases = new Phase[sizes.Length];
        var counts = sizes.Select(n => new int[n]).ToArray();
        int wrong = 0, expected = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            int phase = i;
            phases[i] = new Each(sizes[i], (task, _) =>
            {
                for (int before = 0; before < phase; before++)
                    if (Array.Exists(counts[before], n => n != Volatile.Read(ref expected))) Interlocked.Increment(ref wrong);
                Interlocked.Increment(ref counts[phase][task]);
            });
        }

        var program = new TeamProgram(threads, phases);
        for (int run = 1; run <= 2000; run++)
        {
            expected = run;
            team.Run(program);
            if (run % 500 == 0) Thread.Sleep(2); // lets the workers park
        }

        wrong.ShouldBe(0);
        counts.ShouldAllBe(phase => phase.All(n => n == 2000));
    }

    private sealed class Each(int tasks, Action<int, int> run) : Phase
    {
        public override int Tasks => tasks;

        public override void Run(int task, int rank) => run(task, rank);
    }
}
