using System.Diagnostics;
using System.Threading.Channels;
using TrainService.Jobs.Ports;

namespace TrainService.Api.Keys;

/// <summary>
/// Writes down every change that was asked for and every refusal: at once to the log, and some hundred milliseconds later, many in one transaction,
/// to the store. A store that can't take them costs the entries, not the requests.
/// </summary>
internal sealed class AuditTrail(RequestDelegate next, AuditQueue queue, ILogger<AuditTrail> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        await next(http);
        Caller caller = http.Caller();
        int status = http.Response.StatusCode;
        if (caller.Scope is not > KeyScope.Read && status is not (401 or 403))
            return;
        string actor = caller.Owner ?? (status == 401 ? "anonymous" : "local");
        string target = http.Response.Headers.Location.ToString() is { Length: > 0 } made ? made : http.Request.Path.ToString();
        KeyLog.Audit(log, actor, caller.Operation, target, status);
        queue.Add(new AuditEntry(DateTimeOffset.UtcNow, actor, caller.Operation, target, status, http.Connection.RemoteIpAddress?.ToString(), Activity.Current?.TraceId.ToString()));
    }
}

/// <summary>Entries on their way to the store.</summary>
internal sealed class AuditQueue(IAuditLog audit, ILogger<AuditQueue> log) : BackgroundService
{
    private const int Longest = 10_000;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(500);
    private readonly Channel<AuditEntry> _entries = Channel.CreateBounded<AuditEntry>(
        new BoundedChannelOptions(Longest) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public void Add(AuditEntry entry) => _entries.Writer.TryWrite(entry);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _entries.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
        await StoreAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _entries.Reader.WaitToReadAsync(stoppingToken))
        {
            await Task.Delay(Gather, stoppingToken);
            await StoreAsync();
        }
    }

    private async Task StoreAsync()
    {
        List<AuditEntry> gathered = [];
        while (_entries.Reader.TryRead(out AuditEntry? entry))
            gathered.Add(entry);
        if (gathered.Count == 0)
            return;
        try
        {
            await audit.AppendAsync(gathered, CancellationToken.None);
        }
        catch (Exception e) when (e is StorageUnavailableException or ObjectDisposedException)
        {
            KeyLog.AuditLost(log, e, gathered.Count);
        }
    }
}
