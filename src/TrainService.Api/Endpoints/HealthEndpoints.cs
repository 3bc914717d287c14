using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;
using TrainService.Contracts;

namespace TrainService.Api.Endpoints;

/// <summary>Probes for whoever starts and watches the service.</summary>
internal static class HealthEndpoints
{
    private static readonly string Version = typeof(HealthEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
        .InformationalVersion.Split('+')[0];

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/health").WithTags("health");
        group.MapGet("/live", Live).WithName("live").WithSummary("Whether the process answers");
    }

    internal static Ok<HealthResource> Live() => TypedResults.Ok(new HealthResource("live", Version));
}
