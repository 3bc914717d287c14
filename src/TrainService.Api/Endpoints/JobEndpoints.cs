using Microsoft.AspNetCore.Http.HttpResults;
using TrainService.Api.Http;
using TrainService.Api.Keys;
using TrainService.Api.OpenApi;
using TrainService.Api.Problems;
using TrainService.Contracts.Jobs;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Specification.Reading;

namespace TrainService.Api.Endpoints;

/// <summary>Submitting jobs, checking them first, finding them.</summary>
internal static class JobEndpoints
{
    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/jobs").WithTags("jobs");
        group.MapPost("", Submit).WithName("submit_job").Takes(KeyScope.Submit).TakesJson(BodySchemas.Submission)
            .AnswersOneOf(StatusCodes.Status202Accepted, typeof(JobResource), typeof(JobChainResource)).WithProblems(400, 409, 413, 415, 422, 429, 503)
            .WithHeaderParameter(IdempotencyKeys.Header, "Same key and body: the same answer again, and one job.")
            .WithSummary("Submit a job, or a chain of jobs")
            .WithDescription("A 2xx means that the job is on disk and will run, whatever dies. Every error of the spec is reported at once; then nothing is stored. "
                + "{\"chain\": [job, job, …]} submits several at once, all or none: each waits until the one before it has succeeded, unless its parent says otherwise, and may start "
                + "from what that one has learned (\"from_checkpoint\": \"parent\" or \"parent:best\"). When a parent fails its children fail, when it is cancelled or stopped they are "
                + "cancelled; the reason says so.");
        group.MapPost("/validate", Validate).WithName("validate_job").Takes(KeyScope.Read).TakesJson(BodySchemas.Submission)
            .AnswersOneOf(StatusCodes.Status200OK, typeof(ValidationResource), typeof(ChainValidationResource)).WithProblems(400, 413, 415, 422, 503)
            .WithSummary("What would happen, without doing it")
            .WithDescription("The resolved spec, the output shape, parameters and FLOPs of each layer, peak memory, estimated time, warnings. Stores nothing.");
        group.MapGet("", List).WithName("list_jobs").WithProblems(400)
            .WithSummary("Find jobs, newest first")
            .WithDescription("Filters combine; status and label may be given several times (any of the statuses, all of the labels). A label is name or name:value.");
        group.MapGet("/{id}", Get).WithName("get_job").WithProblems(400, 404)
            .Produces(StatusCodes.Status304NotModified)
            .WithHeaderParameter("If-None-Match", "The ETag that you have: 304 when it still holds.")
            .WithHeaderParameter("Prefer", "wait=10 means the same as the parameter wait.")
            .WithSummary("A job in full")
            .WithDescription("wait: answer as late as that many seconds from now (at most 60); earlier as soon as the job differs from the If-None-Match, or without one as soon as it is over.");
    }

    internal static async Task<Results<Accepted<JobResource>, Accepted<JobChainResource>, Problem>> Submit(HttpContext http, JobService jobs, IJobStore store, Admission admission,
        CancellationToken ct)
    {
        Submitter submitter = await admission.RequireAsync(http, ct);
        using JsonBody body = await JsonBody.ReadAsync(http.Request, ct);
        SubmitAnswer answer = await jobs.SubmitAsync(body.Root, IdempotencyKeys.Read(http.Request, body.Hash), ct, submitter);
        if (answer.Job is not null && JobChain.Is(body.Root))
        {
            List<JobResource> chain = [];
            foreach (JobRecord job in answer.Jobs)
                chain.Add(await ResourceAsync(job, store, ct));
            return TypedResults.Accepted($"/jobs?chain={answer.Job.Id}", new JobChainResource(chain));
        }

        return (await AnswerAsync(answer, "", http, store, ct)).Result switch
        {
            Accepted<JobResource> accepted => accepted,
            var refused => (Problem)refused,
        };
    }

    /// <param name="id">For forks: of the job that was to be forked.</param>
    internal static async Task<Results<Accepted<JobResource>, Problem>> AnswerAsync(SubmitAnswer answer, string id, HttpContext http, IJobStore store, CancellationToken ct)
    {
        if (answer.Job is not { } job)
            return answer.Status switch
            {
                SubmitStatus.KeyReused => ProblemOf.KeyReused(),
                SubmitStatus.InFlight => ProblemOf.Conflict("The first request with this Idempotency-Key has not been answered yet."),
                SubmitStatus.OverQuota => ProblemOf.OverQuota("This key has as many jobs waiting and running as it may have.", retryAfterSeconds: 5),
                SubmitStatus.NotFound => ProblemOf.NotFound("job", id),
                SubmitStatus.NoCheckpoint => ProblemOf.Conflict("The job has no checkpoint to go on from."),
                _ => ProblemOf.InvalidSpec(answer.Errors),
            };
        EntityTags.Write(http.Response, job.Version);
        return TypedResults.Accepted($"/jobs/{job.Id}", await ResourceAsync(job, store, ct));
    }

    internal static async Task<Results<Ok<ValidationResource>, Ok<ChainValidationResource>, Problem>> Validate(HttpRequest request, JobService jobs, CancellationToken ct)
    {
        using JsonBody body = await JsonBody.ReadAsync(request, ct);
        Submission read = await jobs.ValidateAsync(body.Root, ct);
        if (read.Errors.Count > 0)
            return ProblemOf.InvalidSpec(read.Errors);
        ValidationResource[] all = [.. read.Compiled.Select(c => new ValidationResource(RawJson.Element(c.ResolvedJson), RawJson.Element(c.SummaryJson),
            [.. c.Warnings.Select(w => new SpecWarningResource(w.Pointer, w.Code, w.Detail, w.Remedy))]))];
        return read.IsChain ? TypedResults.Ok(new ChainValidationResource(all)) : TypedResults.Ok(all[0]);
    }

    internal static async Task<Results<Ok<JobListResource>, Problem>> List(IJobStore store, CancellationToken ct,
        string[]? status = null, string? kind = null, string[]? label = null, string? name = null, string? forked_from = null,
        string? parent = null, string? chain = null, string? sweep = null, string? after = null, int? limit = null)
    {
        var statuses = new List<JobStatus>();
        foreach (string word in (status ?? []).SelectMany(s => s.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            if (!JobWords.TryParseStatus(word, out JobStatus known))
                return ProblemOf.BadRequest($"status: '{word}' is none; there are {string.Join(", ", Enum.GetValues<JobStatus>().Select(s => s.Word()))}."
                    + (NearestName.Of(word, Enum.GetValues<JobStatus>().Select(s => s.Word())) is { } near ? $" Did you mean {near}?" : ""));
            statuses.Add(known);
        }

        JobPage page = await store.ListAsync(new JobFilter
        {
            Statuses = statuses,
            Kind = kind,
            Labels = [.. (label ?? []).Select(l => l.Split(':', 2)).Select(l => (l[0], l.Length == 2 ? l[1] : null))],
            Name = name,
            ForkedFrom = forked_from,
            Parent = parent,
            Chain = chain,
            Sweep = sweep,
            After = after,
            Limit = Query.Within("limit", limit, 50, 1, 200),
        }, ct);
        return TypedResults.Ok(new JobListResource([.. page.Jobs.Select(j => j.ToSummary())], page.Next));
    }

    internal static async Task<Results<Ok<JobResource>, StatusCodeHttpResult, Problem>> Get(string id, HttpContext http, IJobStore store, JobWait waiting, CancellationToken ct, int? wait = null)
    {
        JobRecord? job = await waiting.ForChangeAsync(id, http, wait is null ? null : Query.Within("wait", wait, 0, 0, JobWait.Longest), ct);
        if (job is null)
            return ProblemOf.NotFound("job", id);
        EntityTags.Write(http.Response, job.Version);
        return EntityTags.Known(http.Request, job.Version)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(await ResourceAsync(job, store, ct));
    }

    internal static async Task<JobResource> ResourceAsync(JobRecord job, IJobStore store, CancellationToken ct)
        => job.ToResource(job is { Status: JobStatus.Queued, WaitsFor: null } ? await store.QueuePositionAsync(job, ct) : null);
}
