using Microsoft.AspNetCore.Http.HttpResults;
using TrainService.Api.Http;
using TrainService.Api.Keys;
using TrainService.Api.OpenApi;
using TrainService.Api.Problems;
using TrainService.Contracts.Jobs;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Specification;

namespace TrainService.Api.Endpoints;

/// <summary>What can be done to a job that is there. Repeating an action answers the same; an illegal one says which are legal.</summary>
internal static class JobActionEndpoints
{
    public static void MapJobActions(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/jobs/{id}").WithTags("jobs");
        group.MapPatch("", Edit).WithName("edit_job").Takes(KeyScope.Submit).TakesJson<JobEditRequest>().WithProblems(400, 404, 412, 413, 415, 422).WithIfMatch()
            .WithSummary("Change name, labels or priority");
        group.MapDelete("", Delete).WithName("delete_job").Takes(KeyScope.Admin).WithProblems(404, 409, 412).WithIfMatch()
            .WithSummary("Remove a job that is over, with its log and checkpoints")
            .WithDescription("Says what it removed. Refused while one of its checkpoints is pinned, or a job that is not over starts from one.");
        group.MapPost("/fork", Fork).WithName("fork_job").Takes(KeyScope.Submit).TakesJson<JobForkRequest>().WithProblems(400, 404, 409, 413, 415, 422, 429, 503)
            .WithHeaderParameter(IdempotencyKeys.Header, "Same key and body: the same answer again, and one job.")
            .WithSummary("A new job from a checkpoint of this one")
            .WithDescription("The new job has the spec that this one was sent with, its model the checkpoint's, patched (RFC 7396). It starts with the checkpoint's weights "
                + "and a new optimizer. Its from_checkpoint is the checkpoint, its forked_from this job; GET /jobs?forked_from= finds all forks.");
        Action("cancel", (jobs, id, ct) => jobs.CancelAsync(id, ct), "End it at once");
        Action("stop", (jobs, id, ct) => jobs.StopAsync(id, ct), "Finish the step, save, keep the weights");
        Action("pause", (jobs, id, ct) => jobs.PauseAsync(id, ct), "Save its state and free its threads");
        Action("resume", (jobs, id, ct) => jobs.ResumeAsync(id, ct), "Let a paused job go on");

        void Action(string word, Func<JobService, string, CancellationToken, Task<MoveOutcome>> act, string summary)
            => group.MapPost($"/{word}", (string id, HttpContext http, JobService jobs, IJobStore store, CancellationToken ct) => Move(id, word, act, http, jobs, store, ct))
                .WithName($"{word}_job").Takes(KeyScope.Submit).WithProblems(404, 409, 412).WithIfMatch().WithSummary(summary);
    }

    internal static async Task<Results<Ok<JobResource>, Problem>> Move(string id, string word,
        Func<JobService, string, CancellationToken, Task<MoveOutcome>> act, HttpContext http, JobService jobs, IJobStore store, CancellationToken ct)
    {
        if (await PreconditionAsync(id, http.Request, store, ct) is { } failed)
            return failed;
        MoveOutcome outcome = await act(jobs, id, ct);
        switch (outcome.Result)
        {
            case MoveResult.Moved or MoveResult.AlreadyThere:
                EntityTags.Write(http.Response, outcome.Job!.Version);
                return TypedResults.Ok(await JobEndpoints.ResourceAsync(outcome.Job, store, ct));
            case MoveResult.NotFound:
                return ProblemOf.NotFound("job", id);
            default:
                string[] legal = [.. outcome.Legal.Where(JobMoves.IsUsers).Select(a => a.Word())];
                return ProblemOf.IllegalMove($"The job is {outcome.Job!.Status.Word()}, which does not allow {word}; "
                    + (legal.Length == 0 ? "nothing changes it any more." : $"it allows {string.Join(", ", legal)}."), legal);
        }
    }

    internal static async Task<Results<Ok<JobResource>, Problem>> Edit(string id, HttpContext http, JobService jobs, IJobStore store, CancellationToken ct)
    {
        using JsonBody body = await JsonBody.ReadAsync(http.Request, ct);
        JobEdit? edit = JobEditReader.Read(body.Root, out IReadOnlyList<SpecError> errors);
        if (edit is null)
            return ProblemOf.InvalidSpec(errors, "change");
        if (await PreconditionAsync(id, http.Request, store, ct) is { } failed)
            return failed;
        if (await jobs.EditAsync(id, edit, ct) is not { } job)
            return ProblemOf.NotFound("job", id);
        EntityTags.Write(http.Response, job.Version);
        return TypedResults.Ok(await JobEndpoints.ResourceAsync(job, store, ct));
    }

    internal static async Task<Results<Ok<JobDeletedResource>, Problem>> Delete(string id, HttpRequest request, JobService jobs, IJobStore store, CancellationToken ct)
    {
        if (await PreconditionAsync(id, request, store, ct) is { } failed)
            return failed;
        DeleteAnswer answer = await jobs.DeleteAsync(id, ct);
        return answer.Status switch
        {
            DeleteStatus.Deleted => TypedResults.Ok(new JobDeletedResource(id, answer.Events, [.. answer.Checkpoints!.Deleted.Select(c => c.Id)],
                answer.Checkpoints.Deleted.Sum(c => c.Bytes))),
            DeleteStatus.NotTerminal => ProblemOf.IllegalMove("Only a job that is over can be removed; cancel it first.", ["cancel"]),
            DeleteStatus.NeededBySweep => ProblemOf.Conflict("It is a trial of a sweep that is not over; stop or cancel that first."),
            DeleteStatus.CheckpointsStay => ProblemOf.Conflict(CheckpointEndpoints.WhyItStays(answer.Checkpoints!)),
            _ => ProblemOf.NotFound("job", id),
        };
    }

    internal static async Task<Results<Accepted<JobResource>, Problem>> Fork(string id, HttpContext http, JobService jobs, IJobStore store, Admission admission,
        CancellationToken ct)
    {
        Submitter submitter = await admission.RequireAsync(http, ct);
        using JsonBody body = await JsonBody.ReadAsync(http.Request, ct);
        if (JobForkReader.Read(body.Root, out IReadOnlyList<SpecError> errors) is not { } request)
            return ProblemOf.InvalidSpec(errors, "fork");
        SubmitAnswer answer = await jobs.ForkAsync(id, request.Checkpoint, request.Patch, IdempotencyKeys.Read(http.Request, $"{id}:{body.Hash}"), ct, submitter);
        return await JobEndpoints.AnswerAsync(answer, id, http, store, ct);
    }

    // If-Match is optional; a write that slips in between is a lost update only for who asked for none to be lost, within milliseconds.
    private static async Task<Problem?> PreconditionAsync(string id, HttpRequest request, IJobStore store, CancellationToken ct)
    {
        if (request.Headers.IfMatch.Count == 0)
            return null;
        if (await store.FindAsync(id, ct) is not { } job)
            return ProblemOf.NotFound("job", id);
        return EntityTags.Mismatch(request, job.Version) is { } wanted ? ProblemOf.PreconditionFailed(wanted, EntityTags.Of(job.Version).ToString()) : null;
    }
}
