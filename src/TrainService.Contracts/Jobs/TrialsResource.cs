using System.Text.Json;

namespace TrainService.Contracts.Jobs;

/// <summary>How the trials of a sweep stand, the best combination of values first.</summary>
/// <param name="Monitor">What they are ranked by, at the best of their epochs.</param>
/// <param name="Mode"><c>min</c> or <c>max</c>: whether less or more of it is better.</param>
/// <param name="Method"><c>grid</c>, <c>random</c> or <c>halving</c>.</param>
/// <param name="Trials">How many there will be.</param>
/// <param name="Finished">How many are over.</param>
public sealed record TrialsResource(string Sweep, string Monitor, string Mode, string Method, int Trials, int Finished, IReadOnlyList<TrialPointResource> Ranking);

/// <summary>A combination of values, over its seeds.</summary>
/// <param name="Rank">From 1; null before one of its trials has a value.</param>
/// <param name="Values">By their places in the job.</param>
/// <param name="Mean">Mean over its trials.</param>
/// <param name="Deviation">Standard deviation over its trials (n - 1); null with fewer than two.</param>
public sealed record TrialPointResource(int? Rank, IReadOnlyDictionary<string, JsonElement> Values, double? Mean, double? Deviation, IReadOnlyList<TrialResource> Trials);

/// <param name="Trial">Its number, from 1.</param>
/// <param name="Job">Its job; null before it has been submitted.</param>
/// <param name="Status">Of its job.</param>
/// <param name="Value">Of what is monitored, at the best of its epochs.</param>
/// <param name="Epoch">That epoch.</param>
/// <param name="Epochs">How many epochs it has done.</param>
/// <param name="Checkpoint">Its best checkpoint.</param>
public sealed record TrialResource(int Trial, string? Job, long Seed, string? Status, double? Value, int? Epoch, int Epochs, string? Checkpoint);
