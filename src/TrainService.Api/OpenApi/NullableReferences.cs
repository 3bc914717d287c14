using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace TrainService.Api.OpenApi;

/// <summary>
/// A member that may be null and has a schema of its own is written as "null and that schema", which nothing satisfies; what is meant is
/// "that schema or null".
/// </summary>
internal sealed class NullableReferences : IDocumentFilter
{
    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        foreach (OpenApiSchema schema in swaggerDoc.Components!.Schemas!.Values.OfType<OpenApiSchema>())
            foreach (OpenApiSchema member in (schema.Properties?.Values ?? []).OfType<OpenApiSchema>())
                if (member is { Type: JsonSchemaType.Null, AllOf: [{ } only] })
                {
                    member.Type = null;
                    member.AllOf = null;
                    member.AnyOf = [only, new OpenApiSchema { Type = JsonSchemaType.Null }];
                }
    }
}
