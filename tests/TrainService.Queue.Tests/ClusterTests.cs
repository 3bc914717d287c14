using TrainService.Jobs;
using TrainService.Queue.Tests.Support;

namespace TrainService.Queue.Tests;

/// <summary>Two schedulers over one PostgreSQL.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ClusterTests(PostgresFixture postgres)
{
    [Theory, OnQuartzPostgres]
    public async Task What_one_node_enqueues_another_runs_and_what_one_takes_out_the_other_leaves(string engine)
    {
        string database = await postgres.Server.CreateDatabaseAsync();
        ProbeRunner none = new(), worker = new() { Holds = true };
        await using IQueueHarness api = await QueueEngines.CreateAsync(engine, none, 1, postgres, database, runsJobs: false);
        await using IQueueHarness node = await QueueEngines.CreateAsync(engine, worker, 1, postgres, database);
        await node.Queue.StartAsync(default);
        string[] ids = [Ids.New("job"), Ids.New("job"), Ids.New("job")];

        foreach (string id in ids)
            await api.Queue.EnqueueAsync(id, 0, null, default);
        (await worker.NextAsync()).JobId.ShouldBe(ids[0]);
        await api.Queue.CancelAsync(ids[1], default);
        worker.LetGo(ids[0]);

        (await worker.NextAsync()).JobId.ShouldBe(ids[2]);
        worker.Cancelled.ShouldBeEmpty();
        none.Started.ShouldBeEmpty();
        (await api.Queue.HealthAsync(default)).ShouldBeNull();
        worker.LetGo(ids[2]);
    }

    [Theory, OnQuartzPostgres]
    public async Task A_shutdown_hands_its_job_to_another_node(string engine)
    {
        string database = await postgres.Server.CreateDatabaseAsync();
        ProbeRunner first = new() { Holds = true }, second = new();
        await using IQueueHarness one = await QueueEngines.CreateAsync(engine, first, 1, postgres, database);
        await one.Queue.StartAsync(default);
        string id = Ids.New("job");
        await one.Queue.EnqueueAsync(id, 0, null, default);
        await first.NextAsync();
        await using IQueueHarness two = await QueueEngines.CreateAsync(engine, second, 1, postgres, database);
        await two.Queue.StartAsync(default);

        await one.ShutDownAsync();

        (await second.NextAsync()).JobId.ShouldBe(id);
        first.Cancelled.ShouldBe([id]);
    }

    [Theory, OnQuartzPostgres]
    public async Task The_sweep_brings_back_what_the_queue_has_lost_and_leaves_the_rest_alone(string engine)
    {
        ProbeRunner runner = new();
        await using IQueueHarness node = await QueueEngines.CreateAsync(engine, runner, 1, postgres);
        string[] ids = [.. Enumerable.Range(0, 30).Select(_ => Ids.New("job"))];
        foreach (string id in ids.Skip(10))
            await node.Queue.EnqueueAsync(id, 0, null, default);

        for (int i = 0; i < 2; i++)
            await node.Queue.EnqueueAllAsync([.. ids.Select(id => new Jobs.Ports.UnfinishedJob(id, JobStatus.Queued, 0, null, 0, null))], (_, e) => throw e, default);
        await node.Queue.StartAsync(default);

        (await runner.NextAsync(30)).ShouldBe(ids);
        await node.ShutDownAsync();
        runner.Started.Count.ShouldBe(30);
    }
}
