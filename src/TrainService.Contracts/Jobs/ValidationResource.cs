using System.Text.Json;

namespace TrainService.Contracts.Jobs;

/// <summary>What would happen if the job were submitted. Nothing has been stored.</summary>
/// <param name="Resolved">The spec with every default and every "auto" filled in.</param>
/// <param name="Summary">Layers with output shapes, parameters and FLOPs, totals, peak memory, estimated seconds an epoch on this machine.</param>
/// <param name="Warnings">Advice: legal, but against what is known to work.</param>
public sealed record ValidationResource(JsonElement Resolved, JsonElement Summary, IReadOnlyList<SpecWarningResource> Warnings);

/// <param name="Pointer">JSON Pointer of the place.</param>
/// <param name="Code">Stable machine word.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record SpecWarningResource(string Pointer, string Code, string Detail, string Remedy);
