using Microsoft.AspNetCore.Http.HttpResults;
using TrainService.Api.OpenApi;
using TrainService.Api.Problems;
using TrainService.Specification.Publishing;
using TrainService.Specification.Publishing.Documentation;
using TrainService.Training.Compilation;

namespace TrainService.Api.Endpoints;

/// <summary>What a job can ask for: for people, forms and editors.</summary>
internal static class CatalogEndpoints
{
    private const string SchemaType = "application/schema+json", HtmlType = "text/html", MarkdownType = "text/markdown", Style = "/docs/style.css";

    private static readonly Lazy<string> Html = new(() => HtmlWriter.Write(JobVocabulary.Documentation, Style)),
        Markdown = new(() => MarkdownWriter.Write(JobVocabulary.Documentation)), StyleText = new(ReadStyle);

    public static void MapCatalog(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/catalog", Get).WithTags("catalog").WithName("catalog")
            .WithSummary("Every layer, optimizer, schedule … with arguments, ranges and advice");
        routes.MapGet("/docs", Docs).WithTags("catalog").WithName("docs").Produces<string>(StatusCodes.Status200OK, HtmlType).AlsoAnswers(MarkdownType).WithProblems(400)
            .WithSummary("The catalog as a page to read: what each technique does and when to use it")
            .WithDescription("format: html (default) or markdown. It is made of the same declarations as the catalog and the schema.");
        routes.MapGet(Style, () => TypedResults.Text(StyleText.Value, "text/css")).ExcludeFromDescription();
        routes.MapGet("/schema/job.json", Schema).WithTags("catalog").WithName("job_schema").AlsoAnswers(SchemaType)
            .WithSummary("JSON Schema of a job, for editors");
    }

    internal static Ok<Catalog> Get() => TypedResults.Ok(JobVocabulary.Catalog);

    internal static IResult Docs(string? format = null) => format switch
    {
        null or "html" => TypedResults.Text(Html.Value, HtmlType),
        "markdown" => TypedResults.Text(Markdown.Value, MarkdownType),
        _ => ProblemOf.BadRequest($"format: expected html or markdown, got '{format}'."),
    };

    internal static ContentHttpResult Schema() => TypedResults.Text(JobVocabulary.JobSchema, SchemaType);

    private static string ReadStyle()
    {
        using Stream stream = typeof(CatalogEndpoints).Assembly.GetManifestResourceStream("docs/style.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
