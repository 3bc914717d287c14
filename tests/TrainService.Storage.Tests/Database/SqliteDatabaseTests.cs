using Dapper;
using TrainService.Jobs.Ports;
using TrainService.Storage.Database;

namespace TrainService.Storage.Tests.Database;

public sealed class SqliteDatabaseTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tssqlite").FullName;
    private SqliteDatabase _database = null!;

    private string DatabaseFile => Path.Combine(_folder, "test.db");

    public async Task InitializeAsync()
    {
        _database = await SqliteDatabase.OpenAsync(DatabaseFile, default);
        await _database.WriteAsync(db => db.ExecuteAsync("CREATE TABLE t (n INTEGER PRIMARY KEY, s TEXT)"), default);
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Commits_are_durable_when_they_return()
    {
        (await _database.ReadAsync(db => db.ExecuteScalarAsync<string>("PRAGMA journal_mode"), default)).ShouldBe("wal");

        // 2 is FULL.
        (await _database.WriteAsync(db => db.ExecuteScalarAsync<long>("PRAGMA synchronous"), default)).ShouldBe(2);
        (await _database.WriteAsync(db => db.ExecuteScalarAsync<long>("PRAGMA foreign_keys"), default)).ShouldBe(1);
    }

    [Fact]
    public async Task Work_that_fails_takes_no_other_with_it_and_leaves_no_trace()
    {
        Task<int>[] writes = [.. Enumerable.Range(0, 600).Select(n => Task.Run(() => _database.WriteAsync(async db =>
        {
            await db.ExecuteAsync("INSERT INTO t (n) VALUES (@n)", new { n });
            if (n % 3 == 0)
                throw new InvalidOperationException($"number {n}");
            return n;
        }, default)))];

        for (int n = 0; n < writes.Length; n++)
            if (n % 3 == 0)
                (await Should.ThrowAsync<InvalidOperationException>(() => writes[n])).Message.ShouldBe($"number {n}");
            else
                (await writes[n]).ShouldBe(n);
        (await NumbersAsync()).ShouldBe(Enumerable.Range(0, 600).Where(n => n % 3 != 0).Select(n => (long)n));
    }

    [Fact]
    public async Task A_constraint_that_fails_is_its_own_callers_error()
    {
        await InsertAsync(1);

        Task<int> bad = InsertAsync(1);
        Task<int> good = InsertAsync(2);

        await Should.ThrowAsync<Microsoft.Data.Sqlite.SqliteException>(() => bad);
        await good;
        (await NumbersAsync()).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_full_disk_is_said_so_and_what_was_answered_before_stays()
    {
        await InsertAsync(1);
        long pages = await _database.ReadAsync(db => db.ExecuteScalarAsync<long>("PRAGMA page_count"), default);
        await _database.WriteAsync(db => db.ExecuteScalarAsync<long>($"PRAGMA max_page_count = {pages + 2}"), default);

        Task<int>[] writes = [.. Enumerable.Range(10, 50).Select(n => Task.Run(() =>
            _database.WriteAsync(db => db.ExecuteAsync("INSERT INTO t (n, s) VALUES (@n, @s)", new { n, s = new string('x', 3000) }), default)))];
        List<long> answered = [1];
        int refused = 0;
        for (int i = 0; i < writes.Length; i++)
            try
            {
                await writes[i];
                answered.Add(10 + i);
            }
            catch (StorageUnavailableException e)
            {
                e.Fault.ShouldBe(StorageFault.Full);
                e.Message.ShouldContain(DatabaseFile);
                refused++;
            }

        refused.ShouldBeGreaterThan(0);
        (await NumbersAsync()).ShouldBe(answered);
        await _database.WriteAsync(db => db.ExecuteScalarAsync<long>("PRAGMA max_page_count = 1000000"), default);
        await InsertAsync(1000);
        (await NumbersAsync()).ShouldBe([.. answered, 1000]);
    }

    [Fact]
    public async Task Readers_do_not_wait_for_a_writer_and_see_what_is_committed()
    {
        await InsertAsync(1);
        TaskCompletionSource inside = new(), go = new();
        Task<int> write = Task.Run(() => _database.WriteAsync(async db =>
        {
            await db.ExecuteAsync("INSERT INTO t (n) VALUES (2)");
            inside.SetResult();
            await go.Task;
            return 0;
        }, default));
        await inside.Task;

        (await NumbersAsync()).ShouldBe([1]);
        go.SetResult();
        await write;
        (await NumbersAsync()).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Readers_cannot_write()
        => (await Should.ThrowAsync<StorageUnavailableException>(() => _database.ReadAsync(db => db.ExecuteAsync("INSERT INTO t (n) VALUES (9)"), default)))
            .Fault.ShouldBe(StorageFault.ReadOnly);

    [Fact]
    public async Task Work_that_is_cancelled_before_it_begins_is_not_done()
    {
        using CancellationTokenSource cancel = new();
        TaskCompletionSource go = new();
        Task<int> first = _database.WriteAsync(async _ =>
        {
            await go.Task;
            return 0;
        }, default);
        Task<int> second = _database.WriteAsync(db => db.ExecuteAsync("INSERT INTO t (n) VALUES (1)"), cancel.Token);

        await cancel.CancelAsync();
        go.SetResult();

        await first;
        await Should.ThrowAsync<OperationCanceledException>(() => second);
        (await NumbersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Closing_finishes_what_was_handed_in_and_refuses_the_rest()
    {
        Task<int>[] writes = [.. Enumerable.Range(0, 200).Select(InsertAsync)];

        await _database.DisposeAsync();

        await Task.WhenAll(writes);
        await Should.ThrowAsync<ObjectDisposedException>(() => InsertAsync(1000));
        await Should.ThrowAsync<ObjectDisposedException>(NumbersAsync);
        _database = await SqliteDatabase.OpenAsync(DatabaseFile, default);
        (await NumbersAsync()).Length.ShouldBe(200);
    }

    private Task<int> InsertAsync(int n) => _database.WriteAsync(db => db.ExecuteAsync("INSERT INTO t (n) VALUES (@n)", new { n }), default);

    private Task<long[]> NumbersAsync()
        => _database.ReadAsync(async db => (await db.QueryAsync<long>("SELECT n FROM t ORDER BY n")).ToArray(), default);
}
