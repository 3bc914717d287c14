using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace TrainService.Api.OpenApi;

/// <summary>Groups of operations, in the order in which a newcomer needs them.</summary>
internal sealed class TagOrder : IDocumentFilter
{
    private static readonly (string Name, string Description)[] Tags =
    [
        ("jobs", "Submitting, finding and steering trainings."),
        ("events", "What a job says, while it runs and afterwards."),
        ("checkpoints", "Saved weights: download, predict, evaluate."),
        ("datasets", "What to learn from: built in, or uploaded."),
        ("catalog", "What a job can ask for."),
        ("health", "Probes, and who did what."),
    ];

    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        swaggerDoc.Tags = new HashSet<OpenApiTag>();
        foreach ((string name, string description) in Tags)
            swaggerDoc.Tags.Add(new OpenApiTag { Name = name, Description = description });
    }
}
