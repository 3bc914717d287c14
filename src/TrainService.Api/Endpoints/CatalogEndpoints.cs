using System.Text.Json;
using TrainService.Api.Http;
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

    private static readonly FixedText CatalogText = new(() => JsonSerializer.Serialize(JobVocabulary.Catalog, ApiJson.Default.Catalog), "application/json"),
        SchemaText = new(() => JobVocabulary.JobSchema, SchemaType),
        Html = new(() => HtmlWriter.Write(JobVocabulary.Documentation, Style), HtmlType),
        Markdown = new(() => MarkdownWriter.Write(JobVocabulary.Documentation), MarkdownType),
        StyleText = new(ReadStyle, "text/css");

    public static void MapCatalog(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/catalog", Get).WithTags("catalog").WithName("catalog").Produces<Catalog>()
            .WithSummary("Every layer, optimizer, schedule … with arguments, ranges and advice");
        routes.MapGet("/docs", Docs).WithTags("catalog").WithName("docs").Produces<string>(StatusCodes.Status200OK, HtmlType).AlsoAnswers(MarkdownType).WithProblems(400)
            .WithSummary("The catalog as a page to read: what each technique does and when to use it")
            .WithDescription("format: html (default) or markdown. It is made of the same declarations as the catalog and the schema.");
        routes.MapGet(Style, () => StyleText).ExcludeFromDescription();
        routes.MapGet("/schema/job.json", Schema).WithTags("catalog").WithName("job_schema").AlsoAnswers(SchemaType)
            .WithSummary("JSON Schema of a job, for editors");
    }

    internal static IResult Get() => CatalogText;

    internal static IResult Docs(string? format = null) => format switch
    {
        null or "html" => Html,
        "markdown" => Markdown,
        _ => ProblemOf.BadRequest($"format: expected html or markdown, got '{format}'."),
    };

    internal static IResult Schema() => SchemaText;

    private static string ReadStyle()
    {
        using Stream stream = typeof(CatalogEndpoints).Assembly.GetManifestResourceStream("docs/style.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
