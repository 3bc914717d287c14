using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TrainService.Storage.Tests.Support;

namespace TrainService.Storage.Tests;

[Collection(StorageCollection.Name)]
public sealed class PostgresDoorbellTests(StorageFixture fixture)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Theory, OnPostgres]
    public async Task A_ring_is_heard_at_home_and_in_every_other_process(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        using PostgresDoorbell here = New(storage), there = New(storage);
        await here.StartAsync(default);
        await there.StartAsync(default);
        await ConnectedAsync(here, there);
        // Who connects later than that looks at everything again, which would count as a ring.
        await ConnectedAsync(there, here);
        long home = here.Ticket("job_1"), away = there.Ticket("job_1");

        here.Ring("job_1");
        await here.WaitAsync("job_1", home, Long, default);
        await there.WaitAsync("job_1", away, Long, default);
        here.Ticket("job_1").ShouldBe(home + 1, "its own ring does not come back");
        there.Ticket("job_1").ShouldBe(away + 1);

        await here.StopAsync(default);
        await there.StopAsync(default);
    }

    [Theory, OnPostgres]
    public async Task After_a_lost_connection_everybody_looks_again_and_rings_are_heard_as_before(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        using PostgresDoorbell here = New(storage), there = New(storage);
        await here.StartAsync(default);
        await there.StartAsync(default);
        await ConnectedAsync(here, there);
        long before = there.Ticket("job_1");

        await using (NpgsqlConnection connection = new(storage.Options.ConnectionString))
        {
            await connection.OpenAsync();
            await using NpgsqlCommand cut = new("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", connection);
            await cut.ExecuteNonQueryAsync();
        }

        await there.WaitAsync("job_1", before, Long, default);
        await ConnectedAsync(here, there);
        await here.StopAsync(default);
        await there.StopAsync(default);
    }

    private static PostgresDoorbell New(OpenStorage storage) => new(storage.Options.ConnectionString!, NullLogger<PostgresDoorbell>.Instance);

    /// <summary>Rings until the other one hears.</summary>
    private static async Task ConnectedAsync(PostgresDoorbell from, PostgresDoorbell to)
    {
        long ticket = to.Ticket("probe");
        while (to.Ticket("probe") == ticket)
        {
            from.Ring("probe");
            await Task.Delay(20);
        }
        await Task.Delay(200);
    }
}
