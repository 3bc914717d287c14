using Microsoft.Data.Sqlite;
using Npgsql;
using TrainService.Jobs.Ports;

namespace TrainService.Storage.Tests;

public sealed class StorageFaultsTests
{
    public static TheoryData<Exception, StorageFault> Faults => new()
    {
        { new IOException("x", 28), StorageFault.Full },
        { new IOException("x", 122), StorageFault.Full },
        { new IOException("x", unchecked((int)0x80070070)), StorageFault.Full },
        { new IOException("x", 30), StorageFault.ReadOnly },
        { new IOException("x", 5), StorageFault.Unreachable },
        { new UnauthorizedAccessException("x"), StorageFault.ReadOnly },
        { new SqliteException("x", 13), StorageFault.Full },
        { new SqliteException("x", 8), StorageFault.ReadOnly },
        { new SqliteException("x", 10), StorageFault.Unreachable },
        { new SqliteException("x", 14), StorageFault.Unreachable },
        { new SqliteException("x", 11), StorageFault.Damaged },
        { new SqliteException("x", 26), StorageFault.Damaged },
        { new IOException("x", 27), StorageFault.Full },
        { new PostgresException("x", "ERROR", "ERROR", "53100"), StorageFault.Full },
        { new PostgresException("x", "ERROR", "ERROR", "25006"), StorageFault.ReadOnly },
        { new PostgresException("x", "FATAL", "FATAL", "57P01"), StorageFault.Unreachable },
        { new NpgsqlException("x"), StorageFault.Unreachable },
    };

    [Theory, MemberData(nameof(Faults))]
    public void Faults_of_the_disk_are_told_apart(Exception e, StorageFault fault)
    {
        StorageUnavailableException translated = StorageFaults.Translate(e, "/data/x").ShouldBeOfType<StorageUnavailableException>();

        translated.Fault.ShouldBe(fault);
        translated.Message.ShouldContain("/data/x");
        translated.InnerException.ShouldBeSameAs(e);
    }

    [Fact]
    public void Errors_of_the_program_pass_as_they_are()
    {
        foreach (Exception e in new Exception[]
        {
            new InvalidOperationException(), new OperationCanceledException(), new FileNotFoundException(), new InvalidDataException(),
            new SqliteException("constraint", 19), new PostgresException("unique", "ERROR", "ERROR", "23505"),
        })
            StorageFaults.Translate(e, "x").ShouldBeNull();
    }

    /// <summary>The device that is always full: what the real system says, not what we think it says.</summary>
    [FullDeviceFact]
    public void A_full_device_is_known_as_such()
    {
        IOException e = Should.Throw<IOException>(() =>
        {
            using FileStream full = new("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            full.Write([1]);
        });

        StorageFaults.Of(e).ShouldBe(StorageFault.Full);
    }

    private sealed class FullDeviceFactAttribute : FactAttribute
    {
        public FullDeviceFactAttribute() => Skip = File.Exists("/dev/full") ? null : "This system has no /dev/full.";
    }
}
