using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using TrainService.Jobs;

namespace TrainService.Api.Streaming;

/// <summary>
/// A job's events as <c>text/event-stream</c> (WHATWG HTML, 9.2): what was missed from the log, then what comes together with all others who follow the job;
/// a comment when it is quiet for long, the end when the job is over.
/// </summary>
internal sealed class ServerSentEvents(EventStream stream, Broadcasts broadcasts, string jobId, long after, CancellationToken stopping)
    : IResult, IStatusCodeHttpResult, IContentTypeHttpResult
{
    public const string MediaType = "text/event-stream";

    public int? StatusCode => StatusCodes.Status200OK;

    public string ContentType => MediaType;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = MediaType;
        httpContext.Response.Headers.CacheControl = "no-store";
        httpContext.Response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        Telemetry.Subscribers("sse", 1);
        try
        {
            await httpContext.Response.StartAsync(end.Token);
            await FollowAsync(httpContext.Response.BodyWriter, end.Token);
        }
        catch (Exception e) when (end.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // Whoever listened has gone, or the service stops: the log is on disk, the client goes on where it was.
        }
        finally
        {
            Telemetry.Subscribers("sse", -1);
        }
    }

    private async Task FollowAsync(PipeWriter body, CancellationToken ct)
    {
        // The head at once: a client knows that it is being served, although nothing may happen for long.
        await body.FlushAsync(ct);
        for (long seen = after; ;)
        {
            LogPage page = await stream.ReadAsync(jobId, seen, ct);
            if (page.Events.Count > 0)
            {
                seen = page.Events[^1].Seq;
                await WriteAsync(body, EventFrames.Of(page.Events), ct);
            }

            if (page.IsLast)
                return;
            if (page.HasMore)
                continue;
            var reader = new LiveReader(body, seen, ct);
            if (!await broadcasts.FollowAsync(jobId, reader, ct))
                continue;
            if (reader.IsOver)
                return;
            seen = reader.Seen;
        }
    }

    // In pieces, so that a client that reads slowly holds up no more than one of them.
    private static async Task WriteAsync(PipeWriter body, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        for (; bytes.Length > LiveReader.LargestWrite; bytes = bytes[LiveReader.LargestWrite..])
            await body.WriteAsync(bytes[..LiveReader.LargestWrite], ct);
        await body.WriteAsync(bytes, ct);
    }
}
