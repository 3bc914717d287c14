using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;
using TrainService.Api.Keys;

namespace TrainService.Api.OpenApi;

/// <summary>How a key is sent, and the scope that each operation takes.</summary>
internal sealed class KeyDocs : IDocumentFilter
{
    private const string Bearer = "bearer", Header = "api_key";

    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        swaggerDoc.Components!.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http, Scheme = "bearer",
                Description = "An API key (TrainService.Api keys create). Asked for as soon as other machines can reach the service. Scopes: read, submit (includes read), "
                    + "admin (includes both). For event streams and the hub also as access_token in the query.",
            },
            [Header] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = KeyCheck.Header, Description = "The same key in a header of its own." },
        };
        foreach (var description in context.ApiDescriptions)
        {
            string method = description.HttpMethod!;
            OpenApiOperation operation = swaggerDoc.Paths["/" + description.RelativePath!.Trim('/')].Operations![new HttpMethod(method)];
            var endpoint = new Endpoint(null, new EndpointMetadataCollection(description.ActionDescriptor.EndpointMetadata), null);
            operation.Security = Access.Of(endpoint, method).Scope is { } scope ? [Takes(Bearer, scope), Takes(Header, scope)] : [];

            // OpenAPI 3.1: for schemes other than OAuth the list names roles.
            OpenApiSecurityRequirement Takes(string scheme, KeyScope wanted)
                => new() { [new OpenApiSecuritySchemeReference(scheme, swaggerDoc)] = [wanted.Word()] };
        }
    }
}
