using System.Text.Json.Serialization;

namespace TrainService.Contracts.Problems;

/// <summary>RFC 9457 problem details: what every error answers, as <c>application/problem+json</c>.</summary>
public sealed record ProblemResource
{
    /// <summary>The sort of problem, stable: <c>urn:trainservice:problem:not-found</c> and the like.</summary>
    public required string Type { get; init; }

    /// <summary>The same for every problem of this type.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What is wrong this time, and what to do.</summary>
    public string? Detail { get; init; }

    /// <summary>The path that was asked.</summary>
    public string? Instance { get; init; }

    /// <summary>For 422: everything that is wrong, at once.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SpecErrorResource>? Errors { get; init; }

    /// <summary>For 409: what may be done from where the job stands.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Legal { get; init; }

    /// <summary>For 400 on a body that is not JSON: where it breaks, both from 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonPositionResource? Position { get; init; }
}

/// <summary>One thing wrong, at one place.</summary>
/// <param name="Pointer">JSON Pointer (RFC 6901) of the place in the body.</param>
/// <param name="Code">Stable machine word: <c>unknown_key</c>, <c>wrong_type</c>, <c>out_of_range</c> …</param>
/// <param name="Detail">What was expected and what was got.</param>
/// <param name="Got">The offending value.</param>
/// <param name="DidYouMean">The nearest valid name, when one is near.</param>
public sealed record SpecErrorResource(string Pointer, string Code, string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] object? Got = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DidYouMean = null)
{
    /// <summary>In an upload: the file's name.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? File { get; init; }

    /// <summary>In an upload: line of a CSV (from 1, the header counts), or row of an array (from 0).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Row { get; init; }

    /// <summary>In an upload: column, array or option.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Column { get; init; }
}

/// <summary>A place in a text, both numbers from 1.</summary>
public sealed record JsonPositionResource(long Line, long Column);
