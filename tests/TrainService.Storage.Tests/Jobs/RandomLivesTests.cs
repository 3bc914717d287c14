using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Tests.Support;
using TrainService.Storage.Tests.Support;

namespace TrainService.Storage.Tests.Jobs;

[Collection(StorageCollection.Name)]
public sealed class RandomLivesTests(StorageFixture fixture)
{
    /// <summary>Many lives at once, each step compared with the reference model; reports in between, restarts at the end.</summary>
    [Theory, OnSqlite, OnPostgres]
    public async Task Stored_lives_are_those_of_the_reference_model(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);

        (string Id, ReferenceJob Model, int Reports)[] lives = await Task.WhenAll(
            Enumerable.Range(0, provider == StorageProvider.Sqlite ? 300 : 60).Select(seed => Task.Run(() => LiveAsync(storage.Jobs, seed))));

        await storage.ReopenAsync();
        foreach ((string id, ReferenceJob model, int reports) in lives)
        {
            JobRecord job = (await storage.Jobs.FindAsync(id, default))!;
            (job.Status, job.RunToken, job.Attempt, job.Failures, job.Losses).ShouldBe((model.Status, model.Token, model.Attempt, model.Failures, model.Losses));
            IReadOnlyList<JobEvent> log = await storage.Jobs.LogAsync(id);
            log.Select(e => e.Seq).ShouldBe(Enumerable.Range(1, model.Changes + reports).Select(i => (long)i));
            job.LastSeq.ShouldBe(log.Count);
            log.Last(e => e.Type == "status").DataJson.ShouldContain($"\"status\":\"{job.Status.Word()}\"");
        }
        (await storage.Jobs.UnfinishedAsync(default)).Count.ShouldBe(lives.Count(l => !JobMoves.IsTerminal(l.Model.Status)));
    }

    private static async Task<(string, ReferenceJob, int)> LiveAsync(IJobStore store, int seed)
    {
        JobAction[] actions = Enum.GetValues<JobAction>();
        Random random = new(seed);
        ReferenceJob model = new();
        string id = (await store.SubmittedAsync()).Id;
        List<string?> tokens = [null, "never given"];
        int reports = 0;
        for (int step = 0; step < 20; step++)
        {
            JobAction action = actions[random.Next(actions.Length)];
            string? token = random.Next(3) > 0 ? model.Token : tokens[random.Next(tokens.Count)];
            string fresh = $"run_{seed}_{step}";
            bool withError = random.Next(2) == 0, processLost = random.Next(2) == 0;

            MoveOutcome outcome = await store.MoveAsync(
                new(id, action, token, Error: withError ? new("infrastructure", "x") : null, NewRunToken: fresh) { ProcessLost = processLost }, default);

            outcome.Result.ShouldBe(model.Do(action, token, fresh, withError, processLost));
            outcome.Job!.Status.ShouldBe(model.Status);
            outcome.Legal.ShouldBe(JobMoves.Legal(model.Status));
            tokens.Add(fresh);
            if (await store.ReportAsync(new(id, token ?? "none") { Events = [Some.Event(step)] }, default))
                reports++;
        }
        return (id, model, reports);
    }
}
