using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;
using TrainService.Api.Problems;

namespace TrainService.Api.OpenApi;

/// <summary>Adds to each operation its headers, its body, what its parameters mean, and its worked examples.</summary>
internal sealed class OperationDocs : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        string id = operation.OperationId ?? throw new InvalidOperationException($"{context.ApiDescription.RelativePath} has no name.");
        IList<object> metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        foreach (OpenApiParameter parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
            parameter.Description ??= ParameterDocs.Find(id, parameter.Name!);
        foreach (HeaderParameter header in metadata.OfType<HeaderParameter>())
            (operation.Parameters ??= []).Add(HeaderOf(header));
        BodyOf[] bodies = [.. metadata.OfType<BodyOf>()];
        if (bodies.Length > 0)
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true, Content = bodies.ToDictionary(b => b.ContentType, b => ContentOf(b, id, context)),
            };

        foreach (AlsoAnswers also in metadata.OfType<AlsoAnswers>())
            AddContent(operation.Responses!, also);
        foreach (AnswersOneOf several in metadata.OfType<AnswersOneOf>())
            operation.Responses![$"{several.Status}"].Content!["application/json"].Schema = new OpenApiSchema
            {
                OneOf = [.. several.Types.Select(t => context.SchemaGenerator.GenerateSchema(t, context.SchemaRepository))],
            };
        foreach ((string status, IOpenApiResponse response) in operation.Responses!)
            foreach ((string type, OpenApiMediaType content) in response.Content ?? new Dictionary<string, OpenApiMediaType>())
                content.Example = ExampleOf(id, status, type, bodies);
        var sorted = new OpenApiResponses();
        foreach ((string status, IOpenApiResponse response) in operation.Responses.OrderBy(r => r.Key, StringComparer.Ordinal))
            sorted[status] = response;
        operation.Responses = sorted;
    }

    private static OpenApiParameter HeaderOf(HeaderParameter header) => new()
    {
        Name = header.Name, In = ParameterLocation.Header, Description = header.Description, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static OpenApiMediaType ContentOf(BodyOf body, string id, OperationFilterContext context) => new()
    {
        Schema = body.Type is null
            ? new OpenApiSchemaReference(body.SchemaName!, context.Document)
            : context.SchemaGenerator.GenerateSchema(body.Type, context.SchemaRepository),
        Example = Examples.Find($"{id}.request"),
    };

    private static void AddContent(OpenApiResponses responses, AlsoAnswers also)
    {
        if (!responses.TryGetValue($"{also.Status}", out IOpenApiResponse? existing) || existing is not OpenApiResponse response)
            responses[$"{also.Status}"] = response = new OpenApiResponse { Description = "OK" };
        bool binary = !also.ContentType.StartsWith("text/", StringComparison.Ordinal);
        (response.Content ??= new Dictionary<string, OpenApiMediaType>())[also.ContentType] = new OpenApiMediaType
        {
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = binary ? "binary" : null },
        };
    }

    private static JsonNode? ExampleOf(string id, string status, string type, BodyOf[] bodies)
    {
        if (type != Problem.ContentType)
            return type.Contains("json", StringComparison.Ordinal) ? Examples.Find($"{id}.{status}") : Examples.FindText($"{id}.{status}.{type.Split('/')[1]}");
        bool takesJson = bodies.Any(b => b.ContentType == "application/json");
        return Examples.Find($"{id}.{status}") ?? (takesJson ? Examples.Find($"problem.{status}.body") : null) ?? Examples.Find($"problem.{status}");
    }
}
