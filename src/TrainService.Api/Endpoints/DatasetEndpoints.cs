using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using TrainService.Api.Datasets;
using TrainService.Api.Hosting;
using TrainService.Api.Http;
using TrainService.Api.Keys;
using TrainService.Api.OpenApi;
using TrainService.Api.Problems;
using TrainService.Contracts.Datasets;
using TrainService.Data;
using TrainService.Data.Augmentation;
using TrainService.Data.Descriptions;
using TrainService.Data.Import;
using TrainService.Data.Requests;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Tensors;
using TrainService.Training.Compilation;

namespace TrainService.Api.Endpoints;

/// <summary>Built-in and uploaded datasets.</summary>
internal static class DatasetEndpoints
{
    public static void MapDatasets(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/datasets").WithTags("datasets");
        group.MapGet("", List).WithName("list_datasets").WithSummary("Every dataset");
        group.MapPost("", Upload).WithName("upload_dataset").Takes(KeyScope.Submit).TakesForm(BodySchemas.DatasetUpload).WithProblems(400, 409, 413, 415, 422, 429, 503)
            .WithSummary("Upload a dataset")
            .WithDescription("Checked before it is there at all: every bad row is named, and nothing is kept of an upload with errors. Immutable once accepted.");
        group.MapGet("/{name}", Get).WithName("get_dataset").WithProblems(404).WithSummary("Shapes, classes, counts, statistics, licence");
        group.MapGet("/{name}/preview", Preview).WithName("preview_dataset").WithProblems(400, 404, 406)
            .Produces<DatasetPreviewResource>()
            .AlsoAnswers("image/png")
            .WithSummary("Some rows, as JSON or as a picture")
            .WithDescription("The rows have the form that predict takes. format: json (default), or png for a sheet of the pictures: a line for each class with its first ones, or those from `first` on.");
        group.MapPost("/{name}/augment-preview", PreviewAugmentation).WithName("preview_augmentation").Takes(KeyScope.Read).TakesJson(BodySchemas.AugmentPreview)
            .WithProblems(400, 404, 413, 415, 422, 503).AlsoAnswers("image/png")
            .WithSummary("Variants of one picture, as they are trained on")
            .WithDescription("A sheet: the training row `row` as it is, then as a job of this seed sees it in its first epochs, before preprocessing. Rows are numbered as the dataset has them; "
                + "a job that sets some aside or leaves some out numbers those that it trains on.");
        group.MapDelete("/{name}", Delete).WithName("delete_dataset").Takes(KeyScope.Admin).WithProblems(404, 409).WithSummary("Remove an uploaded dataset that no waiting or running job needs");
    }

    internal static async Task<Ok<DatasetListResource>> List(DatasetLibrary library, CancellationToken ct)
        => TypedResults.Ok(new DatasetListResource([.. (await library.ListAsync(ct)).Select(d => d.ToResource())]));

    internal static async Task<Results<Ok<DatasetResource>, Problem>> Get(string name, DatasetLibrary library, CancellationToken ct)
        => await library.FindAsync(name, ct) is { } found ? TypedResults.Ok(found.ToResource()) : ProblemOf.NotFound("dataset", name);

    internal static async Task<Results<Created<DatasetResource>, Problem>> Upload(HttpRequest request, DatasetLibrary library, Admission admission,
        IOptions<ServiceOptions> options, CancellationToken ct)
    {
        await admission.RequireAsync(request.HttpContext, ct);
        await using DatasetUpload upload = await DatasetUpload.ReadAsync(request, options.Value.UploadFolder, options.Value.MaxUploadBytes, ct);
        ImportResult result = await library.ImportAsync(upload.Name, upload.Files, upload.Options with { Owner = request.HttpContext.Caller().Owner }, ct);
        if (result.Dataset is { } dataset)
            return TypedResults.Created($"/datasets/{dataset.Name}", dataset.ToResource());
        if (result.Errors is [{ Code: "name_taken" } taken])
            return ProblemOf.Conflict(taken.Detail);
        return result.Errors is [{ Code: "too_large" } large] ? ProblemOf.TooLarge(large.Detail) : ProblemOf.InvalidUpload(result);
    }

    internal static async Task<IResult> Preview(string name, DatasetLibrary library, CancellationToken ct,
        string? split = null, int? first = null, int? rows = null, string? format = null)
    {
        if (format is not (null or "json" or "png"))
            return ProblemOf.BadRequest($"format: expected json or png, got '{format}'.");
        if (split is not (null or "train" or "validation" or "test"))
            return ProblemOf.BadRequest($"split: expected train, validation or test, got '{split}'.");
        int wanted = Query.Within("rows", rows, 5, 1, 100), start = Query.Within("first", first, 0, 0, int.MaxValue);
        if (await library.FindAsync(name, ct) is null)
            return ProblemOf.NotFound("dataset", name);
        DataResult<Dataset> opened = await library.OpenAsync(name, ct);
        if (opened.Value is not { } dataset)
            return ProblemOf.Unavailable(opened.Errors[0].Detail, retryAfterSeconds: 60);
        Split? part = split switch { "test" => dataset.Test, "validation" => dataset.Validation, _ => dataset.Train };
        if (part is null)
            return ProblemOf.NotFound($"{split} part in the dataset", name);
        int count = Math.Clamp(part.Count - start, 0, wanted);
        if (format == "png")
        {
            IReadOnlyList<int> shape = dataset.Description.InputShape;
            if (count == 0 || dataset.Description.Columns is not null || !ImageSheet.CanShow(shape))
                return ProblemOf.NotAcceptable("json; there are no pictures to show");
            return TypedResults.Bytes(first is null && dataset.Description.Target is { Kind: TargetKind.Class, ClassNames: { } classes }
                ? ImageSheet.DrawClasses(part, shape, classes.Count, wanted)
                : ImageSheet.Draw(part, shape, start, count), "image/png");
        }

        var reader = new RowJson(dataset.Description, part);
        return TypedResults.Ok(new DatasetPreviewResource(name, split ?? "train", part.Count, [.. Enumerable.Range(start, count).Select(reader.Read)]));
    }

    internal static async Task<IResult> PreviewAugmentation(string name, HttpRequest request, DatasetLibrary library, CancellationToken ct)
    {
        using JsonBody body = await JsonBody.ReadAsync(request, ct);
        var errors = new SpecErrors();
        Arguments asked = new SpecReader(JobVocabulary.All, errors).ReadObject(body.Root, AugmentationPreview.Arguments, "");
        if (await library.FindAsync(name, ct) is null)
            return ProblemOf.NotFound("dataset", name);
        if (errors.Any)
            return ProblemOf.InvalidSpec(errors.All, "preview");
        DataResult<Dataset> opened = await library.OpenAsync(name, ct);
        if (opened.Value is not { } dataset)
            return ProblemOf.Unavailable(opened.Errors[0].Detail, retryAfterSeconds: 60);
        DataResult<RowSource> variants = AugmentationPreview.Of(dataset, asked);
        if (variants.Value is not { } rows)
            return ProblemOf.InvalidSpec(variants.Errors, "preview");
        return ImageSheet.CanShow(dataset.Description.InputShape)
            ? TypedResults.Bytes(ImageSheet.Draw(new Split(rows, rows, default), dataset.Description.InputShape, 0, rows.Count), "image/png")
            : ProblemOf.InvalidSpec([new SpecError("", "conflict", $"Pictures of {dataset.Description.InputShape[2]} channels can't be shown.")], "preview");
    }

    internal static async Task<Results<NoContent, Problem>> Delete(string name, DatasetLibrary library, DatasetUse use, CancellationToken ct)
    {
        if (await library.FindAsync(name, ct) is not { } dataset)
            return ProblemOf.NotFound("dataset", name);
        if (dataset.BuiltIn)
            return ProblemOf.Conflict($"'{name}' is built in.");
        if (await use.FirstJobAsync(name, ct) is { } job)
            return ProblemOf.Conflict($"The job '{job}' still needs '{name}'.");
        return await library.DeleteAsync(name, ct) ? TypedResults.NoContent() : ProblemOf.NotFound("dataset", name);
    }
}
