using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Storage.Tests.Support;

namespace TrainService.Storage.Tests.Jobs;

[Collection(StorageCollection.Name)]
public sealed class JobListTests(StorageFixture fixture)
{
    [Theory, OnSqlite, OnPostgres]
    public async Task Pages_hold_every_job_once_newest_first_while_new_ones_come_in(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        List<string> ids = [];
        for (int i = 0; i < 23; i++)
            ids.Add((await storage.Jobs.SubmittedAsync()).Id);

        List<string> seen = [];
        for (string? after = null; ;)
        {
            JobPage page = await storage.Jobs.ListAsync(new() { Limit = 5, After = after }, default);
            seen.AddRange(page.Jobs.Select(j => j.Id));
            await storage.Jobs.SubmittedAsync();
            if ((after = page.Next) is null)
                break;
        }

        seen.ShouldBe(ids.AsEnumerable().Reverse());
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_page_that_just_fits_is_the_last(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        for (int i = 0; i < 4; i++)
            await storage.Jobs.SubmittedAsync();

        (await storage.Jobs.ListAsync(new() { Limit = 4 }, default)).Next.ShouldBeNull();
        (await storage.Jobs.ListAsync(new() { Limit = 3 }, default)).Next.ShouldNotBeNull();
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Filters_narrow_and_combine(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        JobRecord a = await storage.Jobs.SubmittedAsync(Some.Job("Fashion MLP", 0, "train", ("team", "vision"), ("x", "1")));
        JobRecord b = await storage.Jobs.SubmittedAsync(Some.Job("fashion conv", 0, "evaluate", ("team", "vision")));
        JobRecord c = await storage.Jobs.SubmittedAsync(Some.Job("100%_done!", 0, "train", ("team", "text")));
        JobRecord d = await storage.Jobs.SubmittedAsync(Some.Job(name: null));
        await storage.Jobs.StartedAsync(b.Id);
        await storage.Jobs.MoveAsync(new(c.Id, JobAction.Cancel), default);

        async Task<string[]> Ids(JobFilter filter) => [.. (await storage.Jobs.ListAsync(filter, default)).Jobs.Select(j => j.Id)];

        (await Ids(new())).ShouldBe([d.Id, c.Id, b.Id, a.Id]);
        (await Ids(new() { Statuses = [JobStatus.Running, JobStatus.Cancelled] })).ShouldBe([c.Id, b.Id]);
        (await Ids(new() { Kind = "evaluate" })).ShouldBe([b.Id]);
        (await Ids(new() { Name = "FASHION" })).ShouldBe([b.Id, a.Id]);
        (await Ids(new() { Name = "100%_DONE!" })).ShouldBe([c.Id]);
        (await Ids(new() { Name = "0__d" })).ShouldBeEmpty();
        (await Ids(new() { Labels = [("team", "vision")] })).ShouldBe([b.Id, a.Id]);
        (await Ids(new() { Labels = [("team", null), ("x", "1")] })).ShouldBe([a.Id]);
        (await Ids(new() { Labels = [("team", "vision")], Kind = "train", Statuses = [JobStatus.Queued], Name = "mlp" })).ShouldBe([a.Id]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("am9iXzAx=")]
    [InlineData("Y2twdF8x")]
    [InlineData("am9iXyc7IERST1A")]
    [InlineData("💡")]
    public async Task A_cursor_that_no_page_gave_is_refused(string cursor)
    {
        await using OpenStorage storage = await fixture.OpenAsync(StorageProvider.Sqlite);

        await Should.ThrowAsync<InvalidCursorException>(() => storage.Jobs.ListAsync(new() { After = cursor }, default));
    }
}
