using Microsoft.AspNetCore.Http.HttpResults;
using TrainService.Api.Http;
using TrainService.Api.Keys;
using TrainService.Api.OpenApi;
using TrainService.Contracts.Audit;
using TrainService.Jobs.Ports;

namespace TrainService.Api.Endpoints;

/// <summary>Who did what.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder routes)
        => routes.MapGet("/audit", List).WithTags("health").WithName("audit").Takes(KeyScope.Admin).WithProblems(400)
            .WithSummary("Who changed what and who was refused, newest first")
            .WithDescription("Entries are stored within a second of the answer. The newest 200,000 are kept.");

    internal static async Task<Ok<AuditListResource>> List(IAuditLog audit, CancellationToken ct, string? actor = null, string? after = null, int? limit = null)
    {
        AuditPage page = await audit.ListAsync(actor, after, Query.Within("limit", limit, 100, 1, 1000), ct);
        return TypedResults.Ok(new AuditListResource([.. page.Entries.Select(e => new AuditEntryResource(e.At, e.Actor, e.Action, e.Target, e.Status, e.Address, e.Trace))], page.Next));
    }
}
