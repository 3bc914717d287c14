using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;
using TrainService.Api.Hosting;
using TrainService.Api.Keys;
using TrainService.Api.OpenApi;
using TrainService.Api.Problems;
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
        group.MapGet("/live", Live).WithName("live").OpenToAll().WithSummary("Whether the process answers");
        group.MapGet("/ready", Ready).WithName("ready").OpenToAll().WithProblems(503).WithSummary("Whether jobs can be taken");
    }

    internal static Ok<HealthResource> Live() => TypedResults.Ok(new HealthResource("live", Version));

    internal static async Task<Results<Ok<HealthResource>, Problem>> Ready(Readiness readiness, CancellationToken ct)
        => await readiness.ReasonAsync(ct) is { } reason ? ProblemOf.Unavailable(reason, retryAfterSeconds: 5) : TypedResults.Ok(new HealthResource("ready", Version));
}
