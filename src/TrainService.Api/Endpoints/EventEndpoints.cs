using System.Text.Json;
using TrainService.Api.Http;
using TrainService.Api.Keys;
using TrainService.Api.OpenApi;
using TrainService.Api.Problems;
using TrainService.Api.Streaming;
using TrainService.Contracts.Events;
using TrainService.Jobs;
using TrainService.Jobs.Ports;

namespace TrainService.Api.Endpoints;

/// <summary>What a job says: its log as JSON pages or as server-sent events, and its epochs as a table.</summary>
internal static class EventEndpoints
{
    private static readonly string[] Types = ["status", "progress", "epoch", "checkpoint", "warning", "log"];

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/jobs/{id}").WithTags("events");
        group.MapGet("/events", Events).WithName("job_events").TakesTokenInQuery().WithProblems(400, 404)
            .Produces<JobEventListResource>()
            .AlsoAnswers(ServerSentEvents.MediaType)
            .Produces(StatusCodes.Status204NoContent)
            .WithHeaderParameter("Last-Event-ID", "For event streams: the number of the last event seen.")
            .WithSummary("A job's log, as pages or as a stream")
            .WithDescription("With Accept: text/event-stream the events are pushed as they come; the stream ends when the job is over (and 204 tells a browser "
                + "that nothing is left). Otherwise a page of JSON; with type only the events of that type, evenly thinned out to limit. The same events come through the SignalR hub at /hubs/training: "
                + "Subscribe(jobId, afterSeq), Unsubscribe(jobId), Stream(jobId, afterSeq), and the client method event(jobId, event).");
        group.MapGet("/metrics", Metrics).WithName("job_metrics").WithProblems(400, 404)
            .Produces<MetricsResource>()
            .AlsoAnswers(MetricsTable.CsvType)
            .WithSummary("A job's epochs, as JSON or CSV")
            .WithDescription("format: json (default) or csv. max_points thins a long run evenly; the first and the last epoch stay. Of a job that searches a learning rate there is "
                + "the curve too; a job of kind lr_find has only that, in CSV as well.");
    }

    internal static async Task<IResult> Events(string id, HttpContext http, IJobStore store, EventStream stream, Broadcasts broadcasts,
        IHostApplicationLifetime lifetime, CancellationToken ct, long? after = null, int? limit = null, string? type = null)
    {
        if (type is not null && !Types.Contains(type))
            return ProblemOf.BadRequest($"type: expected one of {string.Join(", ", Types)}, got '{type}'.");
        long seen = Query.Within("after", after ?? Query.HeaderNumber(http.Request, "Last-Event-ID"), 0, 0, long.MaxValue);
        if (type is not null)
            return WantsStream(http.Request) ? ProblemOf.BadRequest("type is for pages; a stream has every event.") : await SampleAsync(id, type, Query.Within("limit", limit, 100, 2, 1000), store, ct);
        if (!WantsStream(http.Request))
            return await PageAsync(id, seen, Query.Within("limit", limit, 100, 1, 1000), store, ct);
        if (await store.FindAsync(id, ct) is not { } job)
            return ProblemOf.NotFound("job", id);
        return job.Terminal && job.LastSeq <= seen
            ? TypedResults.NoContent()
            : new ServerSentEvents(stream, broadcasts, id, seen, lifetime.ApplicationStopping);
    }

    internal static async Task<IResult> Metrics(string id, IJobStore store, CancellationToken ct, string? format = null, int? max_points = null)
    {
        int points = Query.Within("max_points", max_points, int.MaxValue, 2, int.MaxValue);
        if (format is not (null or "json" or "csv"))
            return ProblemOf.BadRequest($"format: expected json or csv, got '{format}'.");
        IReadOnlyList<JobEvent> epochs = max_points is null ? await store.EventsOfTypeAsync(id, "epoch", ct) : await store.EventSampleAsync(id, "epoch", points, ct);
        if (await store.FindAsync(id, ct) is not { } job)
            return ProblemOf.NotFound("job", id);
        IReadOnlyList<JsonElement>? curve = await FinderCurve.OfAsync(job, store, ct) is { } all ? [.. MetricsTable.Thin(all, points)] : null;
        JsonElement[] rows = [.. epochs.Select(e => MetricsTable.WithoutPictures(RawJson.Element(e.DataJson)))];
        return format == "csv"
            ? TypedResults.Text(new MetricsTable(rows.Length == 0 && curve is not null ? curve : rows).ToCsv(), MetricsTable.CsvType)
            : TypedResults.Ok(new MetricsResource(rows, curve, epochs.Count > 0 ? epochs[^1].Seq : 0));
    }

    private static async Task<IResult> SampleAsync(string id, string type, int limit, IJobStore store, CancellationToken ct)
    {
        IReadOnlyList<JobEvent> events = await store.EventSampleAsync(id, type, limit, ct);
        if (await store.FindAsync(id, ct) is not { } job)
            return ProblemOf.NotFound("job", id);
        return TypedResults.Ok(new JobEventListResource([.. events.Select(e => e.ToResource())], job.LastSeq, job.Terminal));
    }

    private static async Task<IResult> PageAsync(string id, long after, int limit, IJobStore store, CancellationToken ct)
    {
        // Events first: a job found terminal afterwards says truly whether these were the last.
        IReadOnlyList<JobEvent> events = await store.EventsAsync(id, after, limit, ct);
        if (await store.FindAsync(id, ct) is not { } job)
            return ProblemOf.NotFound("job", id);
        long next = events.Count > 0 ? events[^1].Seq : after;
        return TypedResults.Ok(new JobEventListResource([.. events.Select(e => e.ToResource())], next, job.Terminal && next >= job.LastSeq));
    }

    private static bool WantsStream(HttpRequest request)
        => request.GetTypedHeaders().Accept.Any(a => a.MediaType.Equals(ServerSentEvents.MediaType, StringComparison.OrdinalIgnoreCase) && a.Quality is not 0);
}
