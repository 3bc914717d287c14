using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using TrainService.Jobs;
using TrainService.Jobs.Ports;

namespace TrainService.Storage;

/// <summary>
/// The doorbell of many processes over one PostgreSQL: rings at home at once, elsewhere by NOTIFY. A ring that gets lost with a connection is made
/// up for when it is back; who waits looks at the store now and then anyway.
/// </summary>
public sealed class PostgresDoorbell(string connectionString, ILogger<PostgresDoorbell> log) : BackgroundService, IDoorbell
{
    private const string Channel = "trainservice_bell";
    private const int LongestQueue = 4096;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly InProcessDoorbell _home = new();
    private readonly string _node = Ids.New("node");

    // Full: the oldest ring is let go of, since who waits for it looks by himself after a while.
    private readonly Channel<string> _rung = System.Threading.Channels.Channel.CreateBounded<string>(
        new BoundedChannelOptions(LongestQueue) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public void Ring(string jobId)
    {
        _home.Ring(jobId);
        _rung.Writer.TryWrite(jobId);
    }

    public long Ticket(string jobId) => _home.Ticket(jobId);

    public Task WaitAsync(string jobId, long ticket, TimeSpan timeout, CancellationToken ct) => _home.WaitAsync(jobId, ticket, timeout, ct);

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
        => Task.WhenAll(KeepAsync("listening to", ListenAsync, stoppingToken), KeepAsync("ringing", RingAsync, stoppingToken));

    /// <summary>Begins anew after every fault, until the service stops.</summary>
    private async Task KeepAsync(string what, Func<NpgsqlConnection, CancellationToken, Task> work, CancellationToken ct)
    {
        NpgsqlConnectionStringBuilder options = new(connectionString) { Pooling = false, KeepAlive = 15 };
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await using NpgsqlConnection connection = new(options.ConnectionString);
                await connection.OpenAsync(ct).ConfigureAwait(false);
                await work(connection, ct).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                StorageLog.DoorbellFailed(log, what, e);
                await Task.Delay(Pause, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task ListenAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        connection.Notification += (_, e) =>
        {
            string[] parts = e.Payload.Split(' ', 2);
            if (parts.Length == 2 && parts[0] != _node)
                _home.Ring(parts[1]);
        };
        await using (NpgsqlCommand listen = new($"LISTEN {Channel}", connection))
            await listen.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
        _home.RingAll();
        while (true)
            await connection.WaitAsync(ct).ConfigureAwait(false);
    }

    private async Task RingAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using NpgsqlCommand notify = new($"SELECT pg_notify('{Channel}', payload) FROM unnest($1) AS payload", connection);
        notify.Parameters.Add(new NpgsqlParameter<string[]>());
        HashSet<string> ids = [];
        while (await _rung.Reader.WaitToReadAsync(ct).ConfigureAwait(false))
        {
            // All that gathered goes out together, each job once.
            while (_rung.Reader.TryRead(out string? id))
                ids.Add(id);
            notify.Parameters[0].Value = ids.Select(id => $"{_node} {id}").ToArray();
            await notify.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
            ids.Clear();
        }
    }
}
