using Microsoft.AspNetCore.Http.HttpResults;
using TrainService.Api.Checkpoints;
using TrainService.Api.Http;
using TrainService.Api.Keys;
using TrainService.Api.OpenApi;
using TrainService.Api.Problems;
using TrainService.Contracts.Checkpoints;
using TrainService.Training.Inference;
using TrainService.Training.Inference.Explaining;
using TrainService.Training.Inference.Histograms;

namespace TrainService.Api.Endpoints;

/// <summary>Asking a checkpoint.</summary>
internal static class InferenceEndpoints
{
    /// <summary>Inputs are numbers as text: larger than a job.</summary>
    private const long MaxBodyBytes = 64 << 20;

    public static void MapInference(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/checkpoints/{id}").WithTags("checkpoints");
        group.MapPost("/predict", Predict).WithName("predict").Takes(KeyScope.Read).TakesJson(BodySchemas.Predict).TakesForm(BodySchemas.PredictPictures).WithProblems(400, 404, 413, 415, 422, 429)
            .WithSummary("Predict")
            .WithDescription("inputs is a list of rows: nested or flat lists of numbers, or for a table objects of named values, as the dataset's preview shows them. "
                + "Or multipart: JPEG or PNG files as image, brought to the network's size. "
                + "mc_samples predicts with dropout on, so often, and adds mean and standard deviation.");
        group.MapPost("/evaluate", Evaluate).WithName("evaluate").Takes(KeyScope.Read).TakesJson(BodySchemas.Evaluate).WithProblems(400, 404, 413, 415, 422, 429)
            .WithSummary("Measure it on a dataset")
            .WithDescription("With the preprocessing, columns and classes that it was trained with, dropout off. Classifiers get a confusion matrix too.");
        MapExplain(group);
        group.MapPost("/histograms", Histograms).WithName("histograms").Takes(KeyScope.Read).TakesJson(BodySchemas.Histograms).WithProblems(400, 404, 413, 415, 422, 429)
            .WithSummary("How its weights and activations are spread")
            .WithDescription("A histogram for each tensor, and for what each layer puts out for the first rows of a dataset, dropout off.");
    }

    private static void MapExplain(RouteGroupBuilder group)
        => group.MapPost("/explain", Explain).WithName("explain").Takes(KeyScope.Read).TakesJson(BodySchemas.Explain).TakesForm(BodySchemas.ExplainPicture).WithProblems(400, 404, 406, 413, 415, 422, 429)
            .Produces<ExplainResource>()
            .AlsoAnswers("image/png")
            .WithSummary("Why does it answer so")
            .WithDescription("One input, sent along or a row of a dataset, or a JPEG or PNG file. method: grad_cam, integrated_gradients, smooth_grad, gradient or occlusion. "
                + "Answers with a PNG over the picture (red speaks for the class, blue against it), and with numbers for tables or when format is json.");

    internal static async Task<Results<Ok<PredictResource>, Problem>> Predict(string id, HttpRequest request, PredictionService service, InferenceGate gate, CancellationToken ct)
    {
        using IDisposable visit = gate.Enter();
        Answer<Prediction> answer;
        if (PictureUpload.Is(request))
        {
            PictureUpload upload = await PictureUpload.ReadAsync(request, MaxBodyBytes, ct);
            using JsonBody options = upload.ParseOptions();
            answer = await AskAsync(id, () => service.PredictAsync(id, upload.Pictures, options.Root, ct));
        }
        else
        {
            using JsonBody body = await JsonBody.ReadAsync(request, ct, MaxBodyBytes);
            answer = await AskAsync(id, () => service.PredictAsync(id, body.Root, ct));
        }

        if (answer.Value is not { } value)
            return Refusal(id, answer);
        return TypedResults.Ok(new PredictResource(value.Outputs,
            value.Classes?.Select(row => (IReadOnlyList<ClassScoreResource>)[.. row.Select(c => new ClassScoreResource(c.Name, c.Index, c.Probability))]).ToArray(),
            value.Mean, value.Std, value.Samples, value.Named));
    }

    internal static async Task<Results<Ok<EvaluateResource>, Problem>> Evaluate(string id, HttpRequest request, EvaluationService service, InferenceGate gate, CancellationToken ct)
    {
        using IDisposable visit = gate.Enter();
        using JsonBody body = await JsonBody.ReadAsync(request, ct);
        Answer<Evaluation> answer = await AskAsync(id, () => service.EvaluateAsync(id, body.Root, ct));
        if (answer.Value is not { } value)
            return Refusal(id, answer);
        ConfusionResource? confusion = value.Confusion is not { } c ? null
            : new(c.Classes, c.Matrix, [.. c.PerClass.Select(r => new ClassReportResource(r.Name, r.Precision, r.Recall, r.F1, r.Support))]);
        return TypedResults.Ok(new EvaluateResource(value.Dataset, value.Part, value.Rows, value.Metrics, confusion,
            value.Worst?.Select(w => new WorstRowResource(w.Row, double.IsFinite(w.Loss) ? w.Loss : null, w.Actual, w.Target, w.Output,
                w.Predicted is { } best ? new ClassScoreResource(best.Name, best.Index, best.Probability) : null)).ToArray()));
    }

    internal static async Task<IResult> Explain(string id, HttpRequest request, ExplanationService service, InferenceGate gate, CancellationToken ct, string? format = null, int? size = null)
    {
        if (format is not (null or "png" or "json"))
            return ProblemOf.BadRequest($"format: expected png or json, got '{format}'.");
        int shortest = Query.Within("size", size, 224, 1, 2048);
        using IDisposable visit = gate.Enter();
        Answer<Explanation> answer;
        if (PictureUpload.Is(request))
        {
            PictureUpload upload = await PictureUpload.ReadAsync(request, MaxBodyBytes, ct);
            if (upload.Pictures.Count > 1)
                return ProblemOf.InvalidSpec([new("/image/1", "too_many", "One picture is explained at a time.")], "question");
            using JsonBody options = upload.ParseOptions();
            answer = await AskAsync(id, () => service.ExplainAsync(id, upload.Pictures[0], options.Root, ct));
        }
        else
        {
            using JsonBody body = await JsonBody.ReadAsync(request, ct, MaxBodyBytes);
            answer = await AskAsync(id, () => service.ExplainAsync(id, body.Root, ct));
        }

        if (answer.Value is not { } value)
            return Refusal(id, answer);
        bool drawn = value is { Map: not null, Picture: not null };
        if (format == "png" && !drawn)
            return ProblemOf.NotAcceptable("json; there is no picture to show");
        return drawn && format != "json"
            ? TypedResults.Bytes(HeatPicture.Draw(value.Picture!, value.Map!, shortest), "image/png")
            : TypedResults.Ok(value.ToResource());
    }

    internal static async Task<Results<Ok<HistogramsResource>, Problem>> Histograms(string id, HttpRequest request, HistogramService service, InferenceGate gate, CancellationToken ct)
    {
        using IDisposable visit = gate.Enter();
        using JsonBody body = await JsonBody.ReadAsync(request, ct);
        Answer<NetworkHistograms> answer = await AskAsync(id, () => service.MakeAsync(id, body.Root, ct));
        return answer.Value is { } value
            ? TypedResults.Ok(new HistogramsResource(value.Dataset, value.Rows, [.. value.Layers.Select(l => new LayerHistogramsResource(l.Name, l.Type,
                [.. l.Weights.Select(w => new TensorHistogramResource(w.Key, ToResource(w.Value)))], l.Activations is { } h ? ToResource(h) : null))]))
            : Refusal(id, answer);
    }

    private static HistogramResource ToResource(Histogram h) => new(h.Count, h.Minimum, h.Maximum, h.Mean, h.StandardDeviation, h.Zeros, h.Bins);

    private static ExplainResource ToResource(this Explanation e) => new()
    {
        Method = e.Method, Of = e.Of, Class = new(e.Index, e.ClassName), Actual = e.Actual, Score = e.Score, BaselineScore = e.BaselineScore, Layer = e.Layer,
        Shape = e.Shape, Values = e.Values, Map = e.Map is { } m ? new(m.Height, m.Width, m.Signed, m.Values) : null,
        Columns = e.Columns is { } columns ? [.. columns.Select(c => new ExplainedColumnResource(c.Name, c.Value, c.Values))] : null,
    };

    private static async Task<Answer<T>> AskAsync<T>(string id, Func<Task<Answer<T>>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (InvalidDataException)
        {
            throw new ProblemException(ProblemOf.Damaged("checkpoint", id));
        }
    }

    private static Problem Refusal<T>(string id, Answer<T> answer)
        where T : class
        => answer.NotFound ? ProblemOf.NotFound("checkpoint", id) : ProblemOf.InvalidSpec(answer.Errors, "question");
}
