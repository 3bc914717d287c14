using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using TrainService.Api.Http;
using TrainService.Jobs;

namespace TrainService.Api.Streaming;

/// <summary>
/// A job's events as <c>text/event-stream</c> (WHATWG HTML, 9.2): id, event and data lines, a comment when it is quiet for long, the end
/// when the job is over.
/// </summary>
internal sealed class ServerSentEvents(IAsyncEnumerable<JobEvent> events, TimeSpan heartbeat, CancellationToken stopping)
    : IResult, IStatusCodeHttpResult, IContentTypeHttpResult
{
    public const string MediaType = "text/event-stream";

    /// <summary>Those who follow the same job share its events: each is written out once, and forgotten with the event.</summary>
    private static readonly ConditionalWeakTable<JobEvent, byte[]> Frames = [];

    private static readonly byte[] Alive = ": alive\n\n"u8.ToArray();

    public int? StatusCode => StatusCodes.Status200OK;

    public string ContentType => MediaType;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = MediaType;
        httpContext.Response.Headers.CacheControl = "no-store";
        httpContext.Response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        IAsyncEnumerator<JobEvent> reader = events.GetAsyncEnumerator(end.Token);
        var next = new PendingRead(reader);
        Telemetry.Subscribers("sse", 1);
        try
        {
            await httpContext.Response.StartAsync(end.Token);
            await WriteAsync(httpContext.Response.Body, reader, next, end.Token);
        }
        catch (Exception e) when (end.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // Whoever listened has gone, or the service stops: the log is on disk, the client goes on where it was.
        }
        finally
        {
            Telemetry.Subscribers("sse", -1);
            // An enumerator may only be disposed of once its last read has ended; that of one who has gone ends at once.
            await end.CancelAsync();
            await next.SettleAsync();
            await reader.DisposeAsync();
        }
    }

    private async Task WriteAsync(Stream body, IAsyncEnumerator<JobEvent> reader, PendingRead next, CancellationToken ct)
    {
        while (true)
        {
            // Not awaited to the end when it is quiet: the same read goes on after the comment.
            if (!next.Task.IsCompleted)
            {
                using var quiet = CancellationTokenSource.CreateLinkedTokenSource(ct);
                await Task.WhenAny(next.Task, Task.Delay(heartbeat, quiet.Token));
                await quiet.CancelAsync();
            }

            if (!next.Task.IsCompleted)
                await body.WriteAsync(Alive, ct);
            else if (!await next.Task)
                return;
            else
            {
                await body.WriteAsync(Frames.GetValue(reader.Current, Frame), ct);
                next.Start();
            }

            if (!next.Task.IsCompleted)
                await body.FlushAsync(ct);
        }
    }

    private static byte[] Frame(JobEvent e)
    {
        // Serialized anew, so that no line break of the stored text can end the data line.
        string data = JsonSerializer.Serialize(e.ToResource(), ApiJson.Default.JobEventResource);
        return Encoding.UTF8.GetBytes($"id: {e.Seq}\nevent: {e.Type}\ndata: {data}\n\n");
    }

    /// <summary>The read that is under way.</summary>
    private sealed class PendingRead(IAsyncEnumerator<JobEvent> reader)
    {
        public Task<bool> Task { get; private set; } = reader.MoveNextAsync().AsTask();

        public void Start() => Task = reader.MoveNextAsync().AsTask();

        public async Task SettleAsync() => await ((Task)Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
