using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using TrainService.Api.Checkpoints;
using TrainService.Api.Hosting;
using TrainService.Api.Http;
using TrainService.Api.OpenApi;
using TrainService.Api.Problems;
using TrainService.Contracts.Checkpoints;
using TrainService.Jobs.Ports;
using TrainService.Training.Inference;
using TrainService.Training.Reuse;

namespace TrainService.Api.Endpoints;

/// <summary>Saved weights: finding them, downloading them, bringing some from elsewhere.</summary>
internal static class CheckpointEndpoints
{
    public static void MapCheckpoints(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/checkpoints").WithTags("checkpoints");
        routes.MapGet("/jobs/{id}/checkpoints", ListOfJob).WithTags("checkpoints").WithName("job_checkpoints").WithProblems(400, 404)
            .WithSummary("The checkpoints of a job, newest first");
        group.MapGet("", List).WithName("list_checkpoints").WithProblems(400).WithSummary("All checkpoints, newest first");
        group.MapPost("", Import).WithName("import_checkpoint").TakesForm(BodySchemas.CheckpointUpload).WithProblems(400, 413, 415, 422, 429, 503)
            .WithSummary("Bring in a model from elsewhere")
            .WithDescription("Tensors are named layer/role, kernels laid out as Keras does. Every tensor of the model must be in the file, in its shape; "
                + "all that are not are named at once. Tensors that the model does not have are left aside and reported.");
        group.MapGet("/{id}", Get).WithName("get_checkpoint").WithProblems(404).WithSummary("Epoch, metrics, model, size, SHA-256, lineage");
        group.MapGet("/{id}/weights", Weights).WithName("checkpoint_weights").WithProblems(404)
            .AlsoAnswers("application/octet-stream")
            .WithSummary("The weights as safetensors")
            .WithDescription("Tensors are named layer/kernel, layer/bias, layer/gamma and so on; dense kernels are [in, out].");
        group.MapDelete("/{id}", Delete).WithName("delete_checkpoint").WithProblems(404).WithSummary("Remove a checkpoint");
    }

    internal static Task<Ok<CheckpointListResource>> List(ICheckpointStore store, CancellationToken ct, string? after = null, int? limit = null)
        => PageAsync(null, after, limit, store, ct);

    internal static async Task<Results<Ok<CheckpointListResource>, Problem>> ListOfJob(string id, ICheckpointStore store, IJobStore jobs, CancellationToken ct,
        string? after = null, int? limit = null)
        => await jobs.FindAsync(id, ct) is null ? ProblemOf.NotFound("job", id) : await PageAsync(id, after, limit, store, ct);

    internal static async Task<Results<Ok<CheckpointResource>, Problem>> Get(string id, ICheckpointStore store, CancellationToken ct)
        => await store.FindAsync(id, ct) is { } found ? TypedResults.Ok(found.ToResource()) : ProblemOf.NotFound("checkpoint", id);

    internal static async Task<Results<Created<CheckpointResource>, Problem>> Import(HttpRequest request, CheckpointImporter importer, InferenceGate gate,
        IOptions<ServiceOptions> options, CancellationToken ct)
    {
        using IDisposable visit = gate.Enter();
        await using CheckpointUpload upload = await CheckpointUpload.ReadAsync(request, options.Value.UploadFolder, options.Value.MaxUploadBytes, ct);
        using JsonBody description = upload.Description();
        ImportOutcome outcome = await importer.ImportAsync(description.Root, upload.Weights, upload.FileName, ct);
        if (outcome is not { Checkpoint: { } saved, Report: { } report })
            return ProblemOf.InvalidSpec(outcome.Errors, "checkpoint");
        return TypedResults.Created($"/checkpoints/{saved.Id}", saved.ToResource() with
        {
            Report = new(report.Loaded, report.Missing, report.Unexpected, [.. report.ShapeMismatch.Select(m => new ShapeMismatchResource(m.Name, m.Expected, m.Got))]),
        });
    }

    internal static async Task<IResult> Weights(string id, ICheckpointStore store, CancellationToken ct)
    {
        if (await store.FindAsync(id, ct) is not { } found)
            return ProblemOf.NotFound("checkpoint", id);
        try
        {
            return TypedResults.Stream(await store.OpenAsync(found, ct), "application/octet-stream", $"{id}.safetensors",
                found.CreatedAt, new EntityTagHeaderValue($"\"{found.Sha256}\""), enableRangeProcessing: true);
        }
        catch (InvalidDataException)
        {
            return ProblemOf.Damaged("checkpoint", id);
        }
    }

    internal static async Task<Results<NoContent, Problem>> Delete(string id, ICheckpointStore store, LoadedNetworks loaded, CancellationToken ct)
    {
        bool deleted = await store.DeleteAsync(id, ct);
        loaded.Forget(id);
        return deleted ? TypedResults.NoContent() : ProblemOf.NotFound("checkpoint", id);
    }

    private static async Task<Ok<CheckpointListResource>> PageAsync(string? jobId, string? after, int? limit, ICheckpointStore store, CancellationToken ct)
    {
        CheckpointPage page = await store.ListAsync(jobId, after, Query.Within("limit", limit, 50, 1, 200), ct);
        return TypedResults.Ok(new CheckpointListResource([.. page.Checkpoints.Select(c => c.ToResource())], page.Next));
    }

    private static CheckpointResource ToResource(this CheckpointRecord c) => new()
    {
        Id = c.Id,
        Job = c.JobId,
        Epoch = c.Epoch,
        Step = c.Step,
        Metrics = RawJson.Element(c.MetricsJson),
        Reason = c.Reason,
        Model = RawJson.Element(c.MetadataJson),
        Bytes = c.Bytes,
        Sha256 = c.Sha256,
        CreatedAt = c.CreatedAt,
        Parent = c.ParentId,
        Links = new($"/checkpoints/{c.Id}", $"/checkpoints/{c.Id}/weights", $"/checkpoints/{c.Id}/predict", $"/checkpoints/{c.Id}/evaluate"),
    };
}
