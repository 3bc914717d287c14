using Microsoft.AspNetCore.Http.HttpResults;
using TrainService.Architectures;
using TrainService.Contracts.Architectures;
using TrainService.NeuralNet.Graph;

namespace TrainService.Api.Endpoints;

/// <summary>The networks that a job can ask for by name.</summary>
internal static class ArchitectureEndpoints
{
    // Counting parameters builds each network's shapes: once, when first asked.
    private static readonly Lazy<ArchitectureListResource> Known = new(() => new ArchitectureListResource([.. ArchitectureList.All.Select(Describe)]));

    public static void MapArchitectures(this IEndpointRouteBuilder routes)
        => routes.MapGet("/architectures", List).WithTags("catalog").WithName("list_architectures").WithSummary("Well-known networks: name, parameters, input, paper");

    internal static Ok<ArchitectureListResource> List() => TypedResults.Ok(Known.Value);

    private static ArchitectureResource Describe(Architecture architecture)
    {
        ArchitectureGraph graph = architecture.Build(new ArchitectureOptions());
        Network network = graph.ToNetwork();
        return new ArchitectureResource(architecture.Name, architecture.KerasName, network.ParameterCount, network.TrainableParameterCount,
            sizeof(float) * network.ParameterCount, graph.Depth(network), architecture.DefaultInput, architecture.Paper, architecture.Summary, architecture.Advice);
    }
}
