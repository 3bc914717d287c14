using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.Swagger;
using TrainService.Api.Keys;

namespace TrainService.Api.OpenApi;

/// <summary>The OpenAPI 3.1 document, made from the endpoints, and the page that shows it.</summary>
internal static class ApiDocument
{
    private const string Name = "trainservice";
    private const string Address = $"/openapi/{Name}.json";

    public static void AddApiDocument(this IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        services.AddSwaggerGen(options =>
        {
            options.SwaggerDoc(Name, new OpenApiInfo
            {
                Title = "TrainService",
                Version = "1",
                Description = "Trains neural networks on the CPU, asked over HTTP. Errors are RFC 9457 problems; times are ISO 8601, UTC.",
                License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
            });
            options.SupportNonNullableReferenceTypes();
            options.NonNullableReferenceTypesAsRequired();
            options.UseAllOfToExtendReferenceSchemas();
            foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory, "TrainService.*.xml").Order(StringComparer.Ordinal))
                options.IncludeXmlComments(file, includeControllerXmlComments: false);
            options.OperationFilter<OperationDocs>();
            options.DocumentFilter<BodySchemas>();
            options.DocumentFilter<NullableReferences>();
            options.DocumentFilter<CommonProblems>();
            options.DocumentFilter<KeyDocs>();
            options.DocumentFilter<TagOrder>();
        });
    }

    public static void UseApiDocument(this WebApplication app)
    {
        var document = new Lazy<Task<string>>(() => WriteAsync(app.Services));
        app.MapGet(Address, async () => TypedResults.Text(await document.Value, "application/json")).ExcludeFromDescription().OpenToAll();
        app.UseSwaggerUI(options =>
        {
            options.RoutePrefix = "swagger";
            options.DocumentTitle = "TrainService";
            options.SwaggerEndpoint(Address, "TrainService");
            options.DisplayRequestDuration();
        });
    }

    /// <summary>The document as it is served, and as it is committed.</summary>
    public static async Task<string> WriteAsync(IServiceProvider services)
    {
        await using AsyncServiceScope scope = services.CreateAsyncScope();
        OpenApiDocument document = await scope.ServiceProvider.GetRequiredService<IAsyncSwaggerProvider>().GetSwaggerAsync(Name);
        return (await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1)).ReplaceLineEndings("\n") + "\n";
    }
}
