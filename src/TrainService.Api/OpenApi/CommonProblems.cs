using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;
using TrainService.Api.Problems;
using TrainService.Contracts.Problems;

namespace TrainService.Api.OpenApi;

/// <summary>What any operation can answer, described once; every operation refers to it as its default answer.</summary>
internal sealed class CommonProblems : IDocumentFilter
{
    private const string Name = "CommonProblem";

    /// <summary>Statuses that any operation can answer.</summary>
    public static readonly int[] Statuses = [400, 401, 403, 405, 421, 429, 500];

    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        swaggerDoc.Components!.Responses ??= new Dictionary<string, IOpenApiResponse>();
        swaggerDoc.Components.Responses[Name] = new OpenApiResponse
        {
            Description = "What any operation can answer: a request that is not understood, a key that is missing or does not allow it or sends too much, a page of another origin, a method or host that is not served, a fault of the service.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [Problem.ContentType] = new()
                {
                    Schema = context.SchemaGenerator.GenerateSchema(typeof(ProblemResource), context.SchemaRepository),
                    Examples = Statuses.ToDictionary(s => $"{s}", s => (IOpenApiExample)new OpenApiExample { Value = Examples.Find($"problem.{s}") }),
                },
            },
        };
        foreach (OpenApiOperation operation in swaggerDoc.Paths.Values.SelectMany(p => p.Operations!.Values))
            operation.Responses!["default"] = new OpenApiResponseReference(Name, swaggerDoc);
    }
}
