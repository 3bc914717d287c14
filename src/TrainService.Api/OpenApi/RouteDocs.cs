using TrainService.Api.Problems;
using TrainService.Contracts.Problems;

namespace TrainService.Api.OpenApi;

/// <summary>A header that an operation reads.</summary>
internal sealed record HeaderParameter(string Name, string Description);

/// <summary>A body that an operation reads by itself.</summary>
/// <param name="Type">The record it is made of; null when it has a schema of its own (see <see cref="SchemaName"/>).</param>
internal sealed record BodyOf(string ContentType, Type? Type, string? SchemaName);

/// <summary>Another form of the same answer.</summary>
internal sealed record AlsoAnswers(int Status, string ContentType);

/// <summary>The answer has one of several shapes: which one depends on what was sent.</summary>
internal sealed record AnswersOneOf(int Status, Type[] Types);

/// <summary>What the document should say of an operation beyond what its signature says.</summary>
internal static class RouteDocs
{
    /// <summary>The errors that it answers besides those that any operation can.</summary>
    public static RouteHandlerBuilder WithProblems(this RouteHandlerBuilder route, params IEnumerable<int> statuses)
    {
        foreach (int status in statuses)
            route.Produces<ProblemResource>(status, Problem.ContentType);
        return route;
    }

    public static RouteHandlerBuilder WithHeaderParameter(this RouteHandlerBuilder route, string name, string description)
        => route.WithMetadata(new HeaderParameter(name, description));

    public static RouteHandlerBuilder WithIfMatch(this RouteHandlerBuilder route)
        => route.WithHeaderParameter("If-Match", "The ETag that you have: 412 when the job has changed since.");

    public static RouteHandlerBuilder AlsoAnswers(this RouteHandlerBuilder route, string contentType)
        => route.WithMetadata(new AlsoAnswers(StatusCodes.Status200OK, contentType));

    public static RouteHandlerBuilder AnswersOneOf(this RouteHandlerBuilder route, int status, params Type[] types)
        => route.WithMetadata(new AnswersOneOf(status, types));

    /// <summary>A JSON body described by a schema of the document.</summary>
    public static RouteHandlerBuilder TakesJson(this RouteHandlerBuilder route, string schemaName)
        => route.WithMetadata(new BodyOf("application/json", null, schemaName));

    public static RouteHandlerBuilder TakesJson<T>(this RouteHandlerBuilder route) => route.WithMetadata(new BodyOf("application/json", typeof(T), null));

    public static RouteHandlerBuilder TakesForm(this RouteHandlerBuilder route, string schemaName)
        => route.WithMetadata(new BodyOf("multipart/form-data", null, schemaName));
}
