using TrainService.Tensors.Threading;

namespace TrainService.Tensors.Tests.Threading;

public sealed class ComputeTeamTests : IDisposable
{
    private readonly ComputePool _pool = new();

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_task_of_a_phase_runs_once_and_after_all_of_the_phase_before(int threads)
    {
        using ComputeTeam team = _pool.Lease(threads);
        int[] sizes = [1, 7, 0, 2, 3, 40, 1, 5];
        var phases = new Phase[sizes.Length];
        var counts = sizes.Select(n => new int[n]).ToArray();
        int wrong = 0, expected = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            int phase = i;
            phases[i] = new FakePhase(sizes[i], (task, rank) =>
            {
                if (rank < 0 || rank >= threads) Interlocked.Increment(ref wrong);
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
            if (run % 500 == 0) Thread.Sleep(2); // lets the workers fall asleep
        }

        wrong.ShouldBe(0);
        counts.ShouldAllBe(phase => phase.All(n => n == 2000));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Programs_of_different_length_can_take_turns(int threads)
    {
        using ComputeTeam team = _pool.Lease(threads);
        int sum = 0;
        TeamProgram[] programs =
        [
            .. Enumerable.Range(0, 4).Select(length => new TeamProgram(
                threads, [.. Enumerable.Range(0, length).Select(_ => new FakePhase(5, (_, _) => Interlocked.Increment(ref sum)))])),
        ];
        for (int run = 0; run < 4000; run++) team.Run(programs[run * 7 % 4]);
        sum.ShouldBe(4000 / 4 * (0 + 1 + 2 + 3) * 5);
    }

    [Fact]
    public void A_thread_that_is_done_takes_over_tasks_of_one_that_is_held_up()
    {
        using ComputeTeam team = _pool.Lease(2);
        using var others = new CountdownEvent(19);
        bool allDone = false;
        team.Run(new TeamProgram(2, new FakePhase(20, (task, _) =>
        {
            // The first task keeps its thread until every other one is done, those of its own range too.
            if (task == 0) allDone = others.Wait(TimeSpan.FromSeconds(20));
            else others.Signal();
        })));
        allDone.ShouldBeTrue();
    }

    [Fact]
    public async Task Ranks_that_do_not_come_hold_nobody_up_and_may_come_later()
    {
        var team = new ComputeTeam(3, onDispose: null); // nobody serves ranks 1 and 2
        int sum = 0;
        var program = new TeamProgram(3, [.. Enumerable.Range(1, 4).Select(tasks => new FakePhase(tasks, (_, _) => Interlocked.Increment(ref sum)))]);
        for (int i = 0; i < 10; i++) team.Run(program);
        sum.ShouldBe(100);

        Task late = Task.WhenAll(Task.Run(() => team.Serve(1)), Task.Run(() => team.Serve(2)));
        for (int i = 0; i < 2000; i++) team.Run(program);
        sum.ShouldBe(20100);
        team.Dispose();
        await late.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Rank_0_is_the_caller_and_one_task_needs_nobody_else()
    {
        using ComputeTeam team = _pool.Lease(1);
        int thread = 0;
        team.Run(new TeamProgram(1, new FakePhase(1, (_, rank) => thread = rank == 0 ? Environment.CurrentManagedThreadId : -1)));
        thread.ShouldBe(Environment.CurrentManagedThreadId);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void An_exception_reaches_the_caller_and_leaves_the_team_usable(int threads)
    {
        using ComputeTeam team = _pool.Lease(threads);
        int later = 0;
        var failing = new TeamProgram(
            threads,
            new FakePhase(8, (task, _) => { if (task == 5) throw new FormatException("task 5"); }),
            new FakePhase(4, (_, _) => Interlocked.Increment(ref later)));
        for (int i = 0; i < 200; i++)
        {
            FormatException failure = Should.Throw<FormatException>(() => team.Run(failing));
            failure.Message.ShouldBe("task 5");
            failure.StackTrace!.ShouldContain(nameof(An_exception_reaches_the_caller_and_leaves_the_team_usable));
        }

        later.ShouldBe(0);
        int done = 0;
        team.Run(new TeamProgram(threads, new FakePhase(100, (_, _) => Interlocked.Increment(ref done))));
        done.ShouldBe(100);
    }

    [Fact]
    public void A_run_within_a_run_is_refused()
    {
        using ComputeTeam team = _pool.Lease(2);
        var inner = new TeamProgram(2, new FakePhase(1, (_, _) => { }));
        Should.Throw<InvalidOperationException>(() => team.Run(new TeamProgram(2, new FakePhase(2, (_, _) => team.Run(inner)))));
        team.Run(inner);
    }

    [Fact]
    public void A_program_for_another_number_of_threads_and_a_disposed_team_are_refused()
    {
        ComputeTeam team = _pool.Lease(2);
        Should.Throw<ArgumentException>(() => team.Run(new TeamProgram(3))).Message.ShouldContain("3 threads");
        team.Dispose();
        team.Dispose();
        Should.Throw<ObjectDisposedException>(() => team.Run(new TeamProgram(2)));
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using ComputeTeam team = _pool.Lease(1);
        var program = new TeamProgram(1, new FakePhase(3, (_, _) => { }), new FakePhase(2, (_, _) => { }));
        using ComputeTeam pair = _pool.LeaseBeside(2);
        var forTwo = new TeamProgram(2, new FakePhase(3, (_, _) => { }), new FakePhase(2, (_, _) => { }));
        for (int i = 0; i < 100; i++) Both();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Both();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Both()
        {
            team.Run(program);
            pair.Run(forTwo);
        }
    }
}
