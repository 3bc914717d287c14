using TrainService.Jobs.Tests.Support;

namespace TrainService.Jobs.Tests;

public sealed class RunLeasesTests
{
    private readonly MemoryJobStore _store = new();

    [Fact]
    public async Task Who_has_lost_its_job_is_told_once_and_who_has_let_go_is_not()
    {
        JobRecord run = await _store.RunningAsync();
        RunLeases leases = new(_store, TimeSpan.FromSeconds(1));
        List<string> lost = [];
        using IDisposable kept = leases.Hold(run.RunToken!, () => lost.Add("kept"));
        using IDisposable gone = leases.Hold("run_gone", () => lost.Add("gone"));
        leases.Hold("run_released", () => lost.Add("released")).Dispose();

        await leases.RenewAsync(default);
        await leases.RenewAsync(default);

        lost.ShouldBe(["gone"]);
    }

    [Fact]
    public async Task Where_nobody_else_could_take_a_job_nothing_is_asked()
    {
        RunLeases leases = new(_store, null);
        using IDisposable held = leases.Hold("run_1", () => throw new InvalidOperationException());

        await leases.RenewAsync(default);

        _store.Reads.ShouldBe(0);
    }
}
