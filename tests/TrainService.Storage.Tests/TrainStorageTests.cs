using TrainService.Jobs.Ports;
using TrainService.Storage.Tests.Support;

namespace TrainService.Storage.Tests;

[Collection(StorageCollection.Name)]
public sealed class TrainStorageTests(StorageFixture fixture)
{
    [Theory, OnSqlite, OnPostgres]
    public async Task Healthy_means_that_something_can_be_written(StorageProvider provider)
    {
        await using OpenStorage storage = await fixture.OpenAsync(provider);

        (await storage.Storage.HealthAsync(default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_second_process_is_kept_off_the_folder()
    {
        await using OpenStorage storage = await fixture.OpenAsync(StorageProvider.Sqlite);

        StorageUnavailableException e = await Should.ThrowAsync<StorageUnavailableException>(() => TrainStorage.OpenAsync(storage.Options));

        e.Message.ShouldContain(storage.Folder);
        e.Message.ShouldContain("in use");
    }

    [Fact]
    public async Task A_file_where_the_folder_should_be_is_a_clear_error()
    {
        string file = Path.GetTempFileName();

        await Should.ThrowAsync<StorageUnavailableException>(() => TrainStorage.OpenAsync(new(Path.Combine(file, "data"))));

        File.Delete(file);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_reported_by_its_name()
    {
        string folder = Directory.CreateTempSubdirectory("tsbroken").FullName;
        string file = Path.Combine(folder, "trainservice.db");
        await File.WriteAllBytesAsync(file, Bytes.Random(10_000));

        StorageUnavailableException e = await Should.ThrowAsync<StorageUnavailableException>(() => TrainStorage.OpenAsync(new(folder)));

        e.Message.ShouldContain(file);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_damaged_page_is_reported_and_never_read_as_data()
    {
        await using OpenStorage storage = await fixture.OpenAsync(StorageProvider.Sqlite);
        List<string> ids = [];
        for (int i = 0; i < 200; i++)
            ids.Add((await storage.Jobs.SubmittedAsync(Some.Job(new string('x', 500)))).Id);
        await storage.Storage.DisposeAsync();

        // Everything but the first page, which holds the schema's root.
        string file = Path.Combine(storage.Folder, "trainservice.db");
        byte[] bytes = await File.ReadAllBytesAsync(file);
        Bytes.Random(bytes.Length - 4096).CopyTo(bytes, 4096);
        await File.WriteAllBytesAsync(file, bytes);

        StorageUnavailableException e = await Should.ThrowAsync<StorageUnavailableException>(async () =>
        {
            await using TrainStorage damaged = await TrainStorage.OpenAsync(storage.Options);
            await damaged.Jobs.FindAsync(ids[100], default);
        });
        e.Message.ShouldContain(file);
        await File.WriteAllBytesAsync(file, []);
        await storage.ReopenAsync();
    }

    [Fact]
    public async Task PostgreSQL_that_is_not_there_is_unreachable()
    {
        string folder = Directory.CreateTempSubdirectory("tsnopg").FullName;
        StorageOptions options = new(folder, StorageProvider.PostgreSql, $"Host={folder};Username=nobody;Database=none;Timeout=2");

        (await Should.ThrowAsync<StorageUnavailableException>(() => TrainStorage.OpenAsync(options))).Fault.ShouldBe(StorageFault.Unreachable);

        await Should.ThrowAsync<ArgumentException>(() => TrainStorage.OpenAsync(new(folder, StorageProvider.PostgreSql)));
        Directory.Delete(folder, recursive: true);
    }
}
