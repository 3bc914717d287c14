using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using TrainService.Api.Checkpoints;
using TrainService.Api.Hosting;
using TrainService.Api.Http;
using TrainService.Api.Keys;
using TrainService.Api.OpenApi;
using TrainService.Api.Problems;
using TrainService.Contracts.Checkpoints;
using TrainService.Jobs.Ports;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Inference;
using TrainService.Training.Reuse;

namespace TrainService.Api.Endpoints;

/// <summary>Saved weights: finding them, downloading them, bringing some from elsewhere.</summary>
internal static class CheckpointEndpoints
{
    private static readonly ArgumentSpec[] EditMembers = [new("pinned", ArgumentKind.Flag, "Whether it stays whatever its job's retention says.") { Required = true }];

    public static void MapCheckpoints(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/checkpoints").WithTags("checkpoints");
        routes.MapGet("/jobs/{id}/checkpoints", ListOfJob).WithTags("checkpoints").WithName("job_checkpoints").WithProblems(400, 404)
            .WithSummary("The checkpoints of a job, newest first");
        group.MapGet("", List).WithName("list_checkpoints").WithProblems(400).WithSummary("All checkpoints, newest first");
        group.MapPost("", Import).WithName("import_checkpoint").Takes(KeyScope.Submit).TakesForm(BodySchemas.CheckpointUpload).WithProblems(400, 413, 415, 422, 429, 503)
            .WithSummary("Bring in a model from elsewhere")
            .WithDescription("Takes what Keras saves (.keras, whole-model .h5, .weights.h5 and older weights .h5), TensorFlow.js models (a ZIP of model.json and its shards), ONNX, safetensors and NPZ. A whole Keras model and an ONNX file need no part model. "
                + "ONNX graphs become layers with channels last; operators that no layer here can express are refused by the node's name. "
                + "In safetensors and NPZ tensors are named layer/role with kernels laid out as Keras does, or as PyTorch names and lays them out; mapping says which is for which. "
                + "Every tensor of the model must be in the file, in its shape; all that are not are named at once. The report says where each one came from, what was done to "
                + "its layout, and what was left aside and why. No code in a file is ever executed: lambdas and custom classes are refused by name.");
        group.MapGet("/{id}", Get).WithName("get_checkpoint").WithProblems(404).WithSummary("Epoch, metrics, model, size, SHA-256, lineage");
        group.MapGet("/{id}/weights", Weights).WithName("checkpoint_weights").WithProblems(404)
            .AlsoAnswers("application/octet-stream")
            .WithSummary("The weights as safetensors")
            .WithDescription("Tensors are named layer/kernel, layer/bias, layer/gamma and so on; dense kernels are [in, out].");
        group.MapPatch("/{id}", Edit).WithName("edit_checkpoint").Takes(KeyScope.Submit).TakesJson<CheckpointEditRequest>().WithProblems(400, 404, 413, 415, 422)
            .WithSummary("Pin a checkpoint, or unpin it")
            .WithDescription("A pinned one stays, whatever keep_last and keep_best of its job say, and can't be removed by hand either.");
        group.MapDelete("/{id}", Delete).WithName("delete_checkpoint").Takes(KeyScope.Admin).WithProblems(404, 409).WithSummary("Remove a checkpoint")
            .WithDescription("Refused while it is pinned, or a job that is not over starts from it.");
    }

    internal static Task<Ok<CheckpointListResource>> List(ICheckpointStore store, CancellationToken ct, string? after = null, int? limit = null)
        => PageAsync(null, after, limit, store, ct);

    internal static async Task<Results<Ok<CheckpointListResource>, Problem>> ListOfJob(string id, ICheckpointStore store, IJobStore jobs, CancellationToken ct,
        string? after = null, int? limit = null)
        => await jobs.FindAsync(id, ct) is null ? ProblemOf.NotFound("job", id) : await PageAsync(id, after, limit, store, ct);

    internal static async Task<Results<Ok<CheckpointResource>, Problem>> Get(string id, ICheckpointStore store, CancellationToken ct)
        => await store.FindAsync(id, ct) is { } found ? TypedResults.Ok(found.ToResource()) : ProblemOf.NotFound("checkpoint", id);

    internal static async Task<Results<Created<CheckpointResource>, Problem>> Import(HttpRequest request, CheckpointImporter importer, InferenceGate gate,
        Admission admission,
        IOptions<ServiceOptions> options, CancellationToken ct)
    {
        await admission.RequireAsync(request.HttpContext, ct);
        using IDisposable visit = gate.Enter();
        await using CheckpointUpload upload = await CheckpointUpload.ReadAsync(request, options.Value.UploadFolder, options.Value.MaxUploadBytes, ct);
        using JsonBody description = upload.Description();
        ImportOutcome outcome = await importer.ImportAsync(description.Root, upload.Weights, upload.FileName, ct, request.HttpContext.Caller().Owner);
        if (outcome is not { Checkpoint: { } saved, Report: { } report })
            return ProblemOf.InvalidSpec(outcome.Errors, "checkpoint");
        return TypedResults.Created($"/checkpoints/{saved.Id}", saved.ToResource() with
        {
            Report = new(report.Loaded, report.Missing, report.Unexpected, [.. report.ShapeMismatch.Select(m => new ShapeMismatchResource(m.Name, m.Expected, m.Got))])
            {
                Origins = [.. report.Origins.Select(o => new TensorOriginResource(o.Tensor, o.From, o.Change))],
                Skipped = [.. report.Skipped.Select(s => new SkippedTensorResource(s.Name, s.Why))],
            },
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

    internal static async Task<Results<Ok<CheckpointResource>, Problem>> Edit(string id, HttpRequest request, ICheckpointStore store, CancellationToken ct)
    {
        using JsonBody body = await JsonBody.ReadAsync(request, ct);
        var errors = new SpecErrors();
        Arguments read = new SpecReader(new Vocabulary(), errors).ReadObject(body.Root, EditMembers, "");
        if (errors.Any)
            return ProblemOf.InvalidSpec(errors.All, "change");
        return await store.PinAsync(id, read.Flag("pinned"), ct) is { } found ? TypedResults.Ok(found.ToResource()) : ProblemOf.NotFound("checkpoint", id);
    }

    internal static async Task<Results<Ok<CheckpointDeletedResource>, Problem>> Delete(string id, ICheckpointStore store, LoadedNetworks loaded, CancellationToken ct)
    {
        CheckpointDeletion deletion = await store.DeleteAsync(id, ct);
        if (deletion.Refused)
            return ProblemOf.Conflict(WhyItStays(deletion));
        loaded.Forget(id);
        return deletion.Deleted.Count == 1 ? TypedResults.Ok(new CheckpointDeletedResource(id, deletion.Deleted[0].Bytes)) : ProblemOf.NotFound("checkpoint", id);
    }

    internal static string WhyItStays(CheckpointDeletion refused) => refused.NeededBy.Count > 0
        ? $"{(refused.NeededBy.Count == 1 ? "A job that is not over starts" : "Jobs that are not over start")} from it: {string.Join(", ", refused.NeededBy.Take(10))}. Cancel or await first."
        : $"{string.Join(", ", refused.Pinned.Take(10))} {(refused.Pinned.Count == 1 ? "is" : "are")} pinned. PATCH /checkpoints/{{id}} with pinned: false first.";

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
        Pinned = c.Pinned,
        Links = new($"/checkpoints/{c.Id}", $"/checkpoints/{c.Id}/weights", $"/checkpoints/{c.Id}/predict", $"/checkpoints/{c.Id}/evaluate"),
    };
}
