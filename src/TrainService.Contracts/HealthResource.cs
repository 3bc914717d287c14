namespace TrainService.Contracts;

/// <param name="Status"><c>live</c>, <c>ready</c> or <c>not_ready</c>.</param>
/// <param name="Reason">What is missing.</param>
/// <param name="Version">Of the service.</param>
public sealed record HealthResource(string Status, string Version, string? Reason = null);
