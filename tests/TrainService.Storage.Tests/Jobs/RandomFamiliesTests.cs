using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Tests.Support;
using TrainService.Storage.Tests.Support;

namespace TrainService.Storage.Tests.Jobs;

/// <summary>Trees of jobs that wait for each other, lived at random: table and logs are those of a reference that knows every job's life and one rule more.</summary>
[Collection(StorageCollection.Name)]
public sealed class RandomFamiliesTests(StorageFixture fixture)
{
    private static readonly JobAction[] Actions = [.. Enum.GetValues<JobAction>().Where(a => a != JobAction.Abandon)];

    [Theory, OnSqlite, OnPostgres]
    public async Task Stored_families_are_those_of_the_reference_model(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        Dictionary<string, ReferenceJob>[] families = await Task.WhenAll(
            Enumerable.Range(0, provider == StorageProvider.Sqlite ? 150 : 40).Select(seed => Task.Run(() => LiveAsync(storage.Jobs, seed))));

        await storage.ReopenAsync();
        foreach ((string id, ReferenceJob model) in families.SelectMany(f => f))
        {
            JobRecord job = (await storage.Jobs.FindAsync(id, default))!;
            (job.Status, job.RunToken, job.WaitsFor is not null).ShouldBe((model.Status, model.Token, model.Waits));
            IReadOnlyList<JobEvent> log = await storage.Jobs.LogAsync(id);
            log.Select(e => e.Seq).ShouldBe(Enumerable.Range(1, log.Count).Select(i => (long)i));
            log.Count(e => e.Type == JobEvent.Status).ShouldBe(model.Changes);
            log.Count(e => e.Type == "log").ShouldBe(model.Releases);
            log.Last(e => e.Type == JobEvent.Status).DataJson.ShouldContain($"\"status\":\"{job.Status.Word()}\"");
        }
    }

    private static async Task<Dictionary<string, ReferenceJob>> LiveAsync(IJobStore store, int seed)
    {
        Random random = new(seed);
        int count = 2 + random.Next(5);
        List<JobRecord> jobs = [];
        int?[] parents = new int?[count];
        ReferenceJob[] models = new ReferenceJob[count];
        for (int i = 0; i < count; i++)
        {
            parents[i] = i == 0 || random.Next(5) == 0 ? null : random.Next(i);
            JobRecord job = Some.Job();
            jobs.Add(parents[i] is { } p ? job with { ParentJob = jobs[p].Id, WaitsFor = jobs[p].Id } : job);
            models[i] = new ReferenceJob { Waits = parents[i] is not null };
        }
        (await store.SubmitAsync(jobs, null, default)).Result.ShouldBe(SubmitResult.Created);

        for (int step = 0; step < 15 * count; step++)
        {
            int i = random.Next(count);

            // Ends that let a tree live on come up more often than chance has them.
            JobAction action = random.Next(3) == 0 ? models[i].Token is null ? JobAction.Start : JobAction.Succeed : Actions[random.Next(Actions.Length)];
            string fresh = $"run_{seed}_{step}";
            MoveOutcome outcome = await store.MoveAsync(new(jobs[i].Id, action, models[i].Token, NewRunToken: fresh), default);

            outcome.Result.ShouldBe(models[i].Do(action, models[i].Token, fresh, withError: false));
            outcome.Others.Select(j => j.Id).ShouldBe(Follow(i), ignoreOrder: true);
        }
        return jobs.Select((j, i) => (j.Id, models[i])).ToDictionary();

        // The one rule more: an end is handed down to those that still wait.
        List<string> Follow(int over)
        {
            List<string> changed = [];
            if (!JobMoves.IsTerminal(models[over].Status))
                return changed;
            for (int i = 0; i < count; i++)
            {
                if (parents[i] != over || !models[i].Waits)
                    continue;
                changed.Add(jobs[i].Id);
                models[i].ParentEnded(models[over].Status);
                changed.AddRange(Follow(i));
            }
            return changed;
        }
    }
}
