using System.Globalization;
using System.Text.Json;
using TrainService.Contracts.Problems;
using TrainService.Data.Import;
using TrainService.Specification;

namespace TrainService.Api.Problems;

/// <summary>Every problem that the service answers with, by name.</summary>
public static class ProblemOf
{
    private const string Namespace = "urn:trainservice:problem:";

    public static Problem BadRequest(string detail) => Make(400, "bad-request", "The request is not understood", detail);

    /// <param name="line">From 1.</param>
    /// <param name="column">In bytes, from 1.</param>
    public static Problem BrokenJson(string detail, long line, long column) => new(
        Resource(400, "broken-json", "The body is not valid JSON", detail) with { Position = new(line, column) });

    public static Problem BrokenJson(JsonException exception)
        => BrokenJson(JsonErrorText.Of(exception), (exception.LineNumber ?? 0) + 1, (exception.BytePositionInLine ?? 0) + 1);

    public static Problem ForeignOrigin(string origin) => Make(403, "foreign-origin", "Pages of other sites may not change anything here",
        $"The request says that it comes from {origin}.");

    public static Problem NoKey() => Make(401, "no-key", "An API key is needed",
        "Send one as 'Authorization: Bearer …' or 'X-Api-Key: …'. 'TrainService.Api keys create' makes one.");

    public static Problem WrongKey() => Make(401, "wrong-key", "The API key does not hold", "It is unknown, has ended or was revoked.");

    public static Problem ScopeTooSmall(string id, string has, string needs) => Make(403, "scope-too-small", "The API key does not allow this",
        $"This takes the scope {needs}; {id} has {has}.");

    public static Problem NotFound(string what, string id) => Make(404, "not-found", "There is no such thing", $"There is no {what} '{id}'.");

    public static Problem NoSuchAddress(string path) => Make(404, "not-found", "There is no such thing",
        $"Nothing is served at {path}. The addresses are listed at /swagger.");

    public static Problem MethodNotAllowed(string method, string path, string allowed) => Make(405, "method-not-allowed",
        "The method is not allowed here", $"{path} does not take {method}; it takes {allowed}.");

    public static Problem NotAcceptable(string accepted) => Make(406, "not-acceptable", "None of the accepted formats is served here",
        $"Served are {accepted}.");

    public static Problem Conflict(string detail) => Make(409, "conflict", "The present state does not allow this", detail);

    public static Problem IllegalMove(string detail, IReadOnlyList<string> legal) => new(
        Resource(409, "illegal-move", "The job's status does not allow this", detail) with { Legal = legal });

    public static Problem PreconditionFailed(string expected, string actual) => Make(412, "precondition-failed", "It has changed since you read it",
        $"If-Match asks for {expected}; it is {actual} now.");

    public static Problem TooLarge(string detail) => Make(413, "too-large", "The body is too large", detail);

    public static Problem UnsupportedMediaType(string? got, string expected) => Make(415, "unsupported-media-type", "The body's format is not taken here",
        $"Content-Type must be {expected}; {(string.IsNullOrEmpty(got) ? "none was given" : $"it is '{got}'")}.");

    public static Problem Misdirected(string host) => Make(421, "misdirected", "The request is meant for another server",
        $"The Host header names '{host}'; only this machine may call.");

    /// <summary>Everything that is wrong with a spec, at once.</summary>
    public static Problem InvalidSpec(IReadOnlyList<SpecError> errors, string what = "job") => new(
        Resource(422, "invalid-spec", $"The {what} cannot be accepted", $"{errors.Count} {(errors.Count == 1 ? "thing is" : "things are")} wrong; nothing has been stored.")
        with
        { Errors = [.. errors.Select(e => new SpecErrorResource(e.Pointer, e.Code, e.Detail, Writable(e.Got), e.DidYouMean))] });

    /// <summary>Every bad row of an upload, as far as they are listed.</summary>
    public static Problem InvalidUpload(ImportResult result)
    {
        string shown = result.ErrorCount > result.Errors.Count ? $"; the first {result.Errors.Count} are listed" : "";
        return new(Resource(422, "invalid-upload", "The upload cannot be accepted",
            $"{result.ErrorCount} {(result.ErrorCount == 1 ? "thing is" : "things are")} wrong{shown}; nothing has been stored.")
        with
        { Errors = [.. result.Errors.Select(e => new SpecErrorResource(PlaceOf(e), e.Code, e.Detail) { File = e.File, Row = e.Row, Column = e.Column })] });
    }

    public static Problem KeyReused() => Make(422, "idempotency-key-reused", "The Idempotency-Key belongs to another body",
        "This key has been used with a different body. Use a new key for a new job.");

    public static Problem TooManyRequests(string detail, int retryAfterSeconds) => new(
        Resource(429, "too-many-requests", "Too much at a time", detail), retryAfterSeconds);

    public static Problem OverQuota(string detail, int retryAfterSeconds) => new(
        Resource(429, "over-quota", "This API key has used up what it may have", detail), retryAfterSeconds);

    public static Problem Internal(string traceId) => Make(500, "internal", "Something went wrong in the service",
        $"The request was fine; the service failed. Its log says more under {traceId}.");

    public static Problem Damaged(string what, string id) => Make(500, "damaged", "What is stored cannot be read",
        $"The file of {what} '{id}' is damaged or gone.");

    public static Problem Unavailable(string detail, int retryAfterSeconds) => new(
        Resource(503, "unavailable", "The service cannot do this now", detail), retryAfterSeconds);

    /// <summary>A status that a part of the framework has chosen, without a word.</summary>
    public static Problem OfStatus(int status, string detail) => Make(status, "http", "The request cannot be served", detail);

    // JSON has no word for infinity.
    private static object? Writable(object? got) => got switch
    {
        double d when !double.IsFinite(d) => d.ToString(CultureInfo.InvariantCulture),
        float f when !float.IsFinite(f) => f.ToString(CultureInfo.InvariantCulture),
        _ => got,
    };

    private static string PlaceOf(ImportError e)
        => e.Code is "name_taken" or "invalid_name" ? "/name" : e.File is null && e.Row is null && e.Column is not null ? $"/spec/{e.Column}" : "/file";

    private static Problem Make(int status, string word, string title, string detail) => new(Resource(status, word, title, detail));

    private static ProblemResource Resource(int status, string word, string title, string detail)
        => new() { Type = Namespace + word, Title = title, Status = status, Detail = detail };
}
