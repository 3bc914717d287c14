namespace TrainService.Specification;

/// <summary>One thing wrong with a specification, at one place.</summary>
/// <param name="Pointer">JSON Pointer (RFC 6901) of the place, such as <c>/model/layers/1/units</c>.</param>
/// <param name="Code">Stable machine word: <c>unknown_key</c>, <c>unknown_name</c>, <c>wrong_type</c>, <c>required</c>,
/// <c>out_of_range</c>, <c>impossible_shape</c>, <c>conflict</c>, <c>not_found</c>, <c>unsupported</c> …</param>
/// <param name="Detail">A sentence for people: what was expected and what was got.</param>
/// <param name="Got">The offending value, as JSON would print it, or null.</param>
/// <param name="DidYouMean">The nearest valid name, when there is a near one.</param>
public sealed record SpecError(string Pointer, string Code, string Detail, object? Got = null, string? DidYouMean = null);

/// <summary>Advice: legal, but against what is known to work. Names the place and the remedy.</summary>
public sealed record SpecWarning(string Pointer, string Code, string Detail, string Remedy);
