namespace TrainService.Training.Running;

/// <summary>Which run of which job, and the fingerprint of what it trains.</summary>
/// <param name="SpecHash">SHA-256 of the resolved spec.</param>
internal sealed record RunIdentity(string JobId, string RunToken, string SpecHash);
