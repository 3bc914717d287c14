using Dapper;
using Microsoft.Data.Sqlite;
using TrainService.Storage.Database;
using TrainService.Storage.Tests.Support;

namespace TrainService.Storage.Tests.Database;

[Collection(StorageCollection.Name)]
public sealed class MigratorTests(StorageFixture fixture)
{
    [Fact]
    public void Both_databases_have_the_same_numbered_scripts_without_a_gap()
    {
        Migration[] sqlite = [.. Migrator.Of(Dialect.Sqlite)];
        Migration[] postgres = [.. Migrator.Of(Dialect.PostgreSql)];

        sqlite.Select(m => m.Number).ShouldBe(Enumerable.Range(1, sqlite.Length));
        postgres.Select(m => (m.Number, m.Name)).ShouldBe(sqlite.Select(m => (m.Number, m.Name)));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Opening_again_changes_nothing(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);
        string id = (await storage.Jobs.SubmittedAsync()).Id;

        await storage.ReopenAsync();

        (await storage.Jobs.FindAsync(id, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Processes_that_open_a_new_database_at_once_migrate_it_once()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("tsmigrate").FullName, "test.db");

        SqliteDatabase[] opened = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => SqliteDatabase.OpenAsync(file, default))));

        (await opened[0].ReadAsync(db => db.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM schema_version"), default))
            .ShouldBe(Migrator.Of(Dialect.Sqlite).Count);
        foreach (SqliteDatabase database in opened)
            await database.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public async Task A_newer_schema_is_refused_and_left_alone()
    {
        string folder = Directory.CreateTempSubdirectory("tsnewer").FullName;
        StorageOptions options = new(folder);
        await (await TrainStorage.OpenAsync(options)).DisposeAsync();
        string file = Path.Combine(folder, "trainservice.db");
        Execute(file, "INSERT INTO schema_version (version, name, applied_at) VALUES (999, 'from the future', 0)");

        InvalidDataException e = await Should.ThrowAsync<InvalidDataException>(() => TrainStorage.OpenAsync(options));

        e.Message.ShouldContain("999");
        e.Message.ShouldContain(file);
        Execute(file, "DELETE FROM schema_version WHERE version = 999");
        await (await TrainStorage.OpenAsync(options)).DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static void Execute(string file, string sql)
    {
        using SqliteConnection connection = new($"Data Source={file};Pooling=False");
        connection.Execute(sql).ShouldBe(1);
    }
}
