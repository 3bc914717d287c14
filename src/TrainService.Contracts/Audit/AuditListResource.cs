namespace TrainService.Contracts.Audit;

/// <summary>A page of the audit log, newest first.</summary>
/// <param name="Next">Give it back as <c>after</c> for the next page; null on the last one.</param>
public sealed record AuditListResource(IReadOnlyList<AuditEntryResource> Entries, string? Next);

/// <summary>One change that was asked for, or one refusal.</summary>
/// <param name="Actor">Id of an API key; <c>local</c> for a caller without one, <c>anonymous</c> for one that was refused.</param>
/// <param name="Action">Name of the operation, such as <c>submit_job</c>.</param>
/// <param name="Target">What it was done to, or what came out of it.</param>
/// <param name="Status">The HTTP status of the answer.</param>
/// <param name="Address">Where the request came from.</param>
/// <param name="Trace">Id of its trace.</param>
public sealed record AuditEntryResource(DateTimeOffset At, string Actor, string Action, string Target, int Status, string? Address, string? Trace);
