namespace TrainService.Contracts;

/// <param name="Status"><c>live</c> or <c>ready</c>.</param>
/// <param name="Version">Of the service.</param>
public sealed record HealthResource(string Status, string Version);
