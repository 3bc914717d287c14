using Microsoft.AspNetCore.Http.HttpResults;
using TrainService.Api.Keys;
using TrainService.Api.Metrics;
using TrainService.Api.OpenApi;

namespace TrainService.Api.Endpoints;

/// <summary>What the service measures of itself, for Prometheus and its like.</summary>
internal static class MetricsEndpoints
{
    public static void MapMetrics(this IEndpointRouteBuilder routes)
        => routes.MapGet("/metrics", Get).WithTags("health").WithName("metrics").Takes(KeyScope.Read).AlsoAnswers("text/plain")
            .WithSummary("What the service measures of itself, as Prometheus text")
            .WithDescription("Jobs, runs, epochs, saves, subscribers (trainservice_…), requests by route and status (http_server_…), connections (kestrel_…), memory and "
                + "garbage collection (dotnet_…). With Accept: application/openmetrics-text in OpenMetrics 1.0.");

    internal static ContentHttpResult Get(HttpRequest request, MetricsBook book)
    {
        bool open = request.GetTypedHeaders().Accept.Any(a => a.MediaType.Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase) && a.Quality is not 0);
        return TypedResults.Text(book.Write(open), open ? PrometheusText.OpenMetricsType : PrometheusText.ContentType);
    }
}
