using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using TrainService.Api.OpenApi;
using TrainService.Api.Problems;
using TrainService.Contracts.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Sweeps;

namespace TrainService.Api.Endpoints;

/// <summary>What a sweep has found.</summary>
internal static class TrialEndpoints
{
    public static void MapTrials(this IEndpointRouteBuilder routes)
        => routes.MapGet("/jobs/{id}/trials", Get).WithTags("jobs").WithName("job_trials").WithProblems(404, 409)
            .WithSummary("The trials of a sweep, ranked")
            .WithDescription("Now, and after its end. Combinations of values are ranked by the mean over their seeds. Each trial is a job of its own: GET /jobs?sweep= lists them.");

    internal static async Task<Results<Ok<TrialsResource>, Problem>> Get(string id, IJobStore store, SweepDriver sweeps, CancellationToken ct)
    {
        if (await store.FindAsync(id, ct) is not { } job)
            return ProblemOf.NotFound("job", id);
        if (job.Kind != SweepDriver.Kind)
            return ProblemOf.Conflict($"The job is of kind {job.Kind}: only a sweep has trials.");
        SweepRanking ranking = await sweeps.RankAsync(job, ct);
        return TypedResults.Ok(new TrialsResource(id, ranking.Monitor, ranking.Mode, ranking.Method, ranking.Trials, ranking.Finished,
            [.. ranking.Ranking.Select(p => new TrialPointResource(p.Rank, p.Values.ToDictionary(v => v.Key, v => JsonSerializer.SerializeToElement(v.Value)), p.Mean, p.Deviation,
                [.. p.Trials.Select(t => new TrialResource(t.Trial, t.Job, t.Seed, t.Status, t.Value, t.Epoch, t.Epochs, t.Checkpoint))]))]));
    }
}
