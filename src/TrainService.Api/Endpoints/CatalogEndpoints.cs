using Microsoft.AspNetCore.Http.HttpResults;
using TrainService.Api.OpenApi;
using TrainService.Specification.Publishing;
using TrainService.Training.Compilation;

namespace TrainService.Api.Endpoints;

/// <summary>What a job can ask for: for people, forms and editors.</summary>
internal static class CatalogEndpoints
{
    private const string SchemaType = "application/schema+json";

    public static void MapCatalog(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/catalog", Get).WithTags("catalog").WithName("catalog")
            .WithSummary("Every layer, optimizer, schedule … with arguments, ranges and advice");
        routes.MapGet("/schema/job.json", Schema).WithTags("catalog").WithName("job_schema").AlsoAnswers(SchemaType)
            .WithSummary("JSON Schema of a job, for editors");
    }

    internal static Ok<Catalog> Get() => TypedResults.Ok(JobVocabulary.Catalog);

    internal static ContentHttpResult Schema() => TypedResults.Text(JobVocabulary.JobSchema, SchemaType);
}
