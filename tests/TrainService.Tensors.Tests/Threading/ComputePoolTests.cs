using TrainService.Tensors.Threading;

namespace TrainService.Tensors.Tests.Threading;

public sealed class ComputePoolTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void Leased_threads_are_held_until_the_team_is_disposed()
    {
        using var pool = new ComputePool(4);
        (pool.Threads, pool.Free).ShouldBe((4, 4));
        ComputeTeam three = pool.Lease(3), one = pool.Lease(1);
        pool.Free.ShouldBe(0);
        three.Dispose();
        three.Dispose();
        pool.Free.ShouldBe(3);
        one.Dispose();
        pool.Free.ShouldBe(4);
    }

    [Fact]
    public void By_default_there_is_a_thread_for_each_core()
    {
        using var pool = new ComputePool();
        pool.Threads.ShouldBe(Environment.ProcessorCount);
    }

    [Fact]
    public void More_threads_than_there_are_become_real_threads()
    {
        using var pool = new ComputePool(2);
        using ComputeTeam team = pool.Lease(5);
        (team.Threads, pool.Free).ShouldBe((5, 0));
        using var together = new Barrier(5); // passes only if five threads are in their tasks at once
        bool met = true;
        team.Run(new TeamProgram(5, new FakePhase(5, (_, _) => met &= together.SignalAndWait(Patience))));
        met.ShouldBeTrue();
    }

    [Fact]
    public async Task Leases_are_granted_in_the_order_in_which_they_were_asked_for()
    {
        using var pool = new ComputePool(2);
        ComputeTeam first = pool.Lease(1);
        var order = new List<string>();
        Task<ComputeTeam> whole = Ask(pool, 2, "whole", order);
        Task<ComputeTeam> small = Ask(pool, 1, "small", order); // would fit, but may not overtake
        await Task.Delay(50);
        (whole.IsCompleted, small.IsCompleted).ShouldBe((false, false));

        first.Dispose();
        (await whole.WaitAsync(Patience)).Dispose();
        (await small.WaitAsync(Patience)).Dispose();
        order.ShouldBe(["whole", "small"]);
        pool.Free.ShouldBe(2);
    }

    [Fact]
    public async Task A_cancelled_wait_lets_the_next_one_in()
    {
        using var pool = new ComputePool(2);
        using ComputeTeam first = pool.Lease(1);
        using var cancellation = new CancellationTokenSource();
        Task<ComputeTeam> whole = Ask(pool, 2, "whole", [], cancellation.Token), small = Ask(pool, 1, "small", []);
        small.IsCompleted.ShouldBeFalse();
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => whole.WaitAsync(Patience));
        (await small.WaitAsync(Patience)).Dispose();
        pool.Free.ShouldBe(1);
    }

    [Fact]
    public async Task Many_jobs_in_turn_all_get_their_threads()
    {
        using var pool = new ComputePool(3);
        int running = 0, most = 0, done = 0;
        Task[] jobs =
        [
            .. Enumerable.Range(0, 60).Select(i => Task.Factory.StartNew(
                () =>
                {
                    int threads = i % 3 + 1;
                    using ComputeTeam team = pool.Lease(threads);
                    int now = Interlocked.Add(ref running, threads);
                    InterlockedMax(ref most, now);
                    int sum = 0;
                    team.Run(new TeamProgram(threads, new FakePhase(50, (_, _) => Interlocked.Increment(ref sum))));
                    if (sum == 50) Interlocked.Increment(ref done);
                    Interlocked.Add(ref running, -threads);
                },
                TaskCreationOptions.LongRunning)),
        ];
        await Task.WhenAll(jobs).WaitAsync(Patience);
        done.ShouldBe(60);
        most.ShouldBeLessThanOrEqualTo(3);
        pool.Free.ShouldBe(3);
    }

    [Fact]
    public void A_team_beside_the_pool_waits_for_nobody()
    {
        using var pool = new ComputePool(1);
        using ComputeTeam all = pool.Lease(1), beside = pool.LeaseBeside(2);
        int sum = 0;
        beside.Run(new TeamProgram(2, new FakePhase(10, (_, _) => Interlocked.Increment(ref sum))));
        sum.ShouldBe(10);
    }

    [Fact]
    public void Impossible_requests_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new ComputePool(0));
        var pool = new ComputePool(1);
        Should.Throw<ArgumentOutOfRangeException>(() => pool.Lease(0));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        using (pool.Lease(1)) Should.Throw<OperationCanceledException>(() => pool.Lease(1, cancelled.Token));
        pool.Dispose();
        Should.Throw<ObjectDisposedException>(() => pool.Lease(1));
    }

    /// <summary>Asks on a thread of its own, and returns when the request stands in the queue.</summary>
    private static Task<ComputeTeam> Ask(ComputePool pool, int threads, string name, List<string> order, CancellationToken cancellation = default)
    {
        int before = pool.Waiting;
        Task<ComputeTeam> asked = Task.Factory.StartNew(
            () =>
            {
                ComputeTeam team = pool.Lease(threads, cancellation);
                lock (order) order.Add(name);
                return team;
            },
            TaskCreationOptions.LongRunning);
        SpinWait.SpinUntil(() => pool.Waiting > before, Patience).ShouldBeTrue();
        return asked;
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen = Volatile.Read(ref target); value > seen;)
        {
            int now = Interlocked.CompareExchange(ref target, value, seen);
            if (now == seen) return;
            seen = now;
        }
    }
}
