namespace TrainService.Contracts.Jobs;

/// <summary>A page of jobs, newest first.</summary>
/// <param name="Next">Give it back as <c>after</c> for the next page; null on the last one.</param>
public sealed record JobListResource(IReadOnlyList<JobSummary> Jobs, string? Next);

/// <summary>Members that are left out stay as they are.</summary>
/// <param name="Name">1 to 200 characters.</param>
/// <param name="Labels">Replaces all labels.</param>
/// <param name="Priority">-100 to 100; higher runs earlier.</param>
public sealed record JobEditRequest(string? Name = null, IReadOnlyDictionary<string, string>? Labels = null, int? Priority = null);
