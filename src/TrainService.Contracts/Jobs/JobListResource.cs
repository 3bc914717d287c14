using System.Text.Json;

namespace TrainService.Contracts.Jobs;

/// <summary>A page of jobs, newest first.</summary>
/// <param name="Next">Give it back as <c>after</c> for the next page; null on the last one.</param>
public sealed record JobListResource(IReadOnlyList<JobSummary> Jobs, string? Next);

/// <summary>What was removed with a job.</summary>
/// <param name="Events">How many events.</param>
/// <param name="Checkpoints">Ids of its checkpoints.</param>
/// <param name="Bytes">Size of their files.</param>
public sealed record JobDeletedResource(string Id, long Events, IReadOnlyList<string> Checkpoints, long Bytes);

/// <summary>A new job that goes on from a checkpoint of another.</summary>
/// <param name="Checkpoint">A checkpoint of that job; its best one unless given, or the newest.</param>
/// <param name="Patch">Changes to the spec that the job was sent with, as a JSON merge patch (RFC 7396): null removes a member. Its <c>model</c> has
/// become <c>{"from_checkpoint": …}</c>, so <c>drop_last</c>, <c>append</c> and <c>freeze</c> can be patched in.</param>
public sealed record JobForkRequest(string? Checkpoint = null, JsonElement? Patch = null);

/// <summary>Members that are left out stay as they are.</summary>
/// <param name="Name">1 to 200 characters.</param>
/// <param name="Labels">Replaces all labels.</param>
/// <param name="Priority">-100 to 100; higher runs earlier.</param>
public sealed record JobEditRequest(string? Name = null, IReadOnlyDictionary<string, string>? Labels = null, int? Priority = null);
