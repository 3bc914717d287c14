using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Jobs.Ports;

namespace TrainService.Jobs;

/// <summary>
/// What the end of a job means for those that depend on it: jobs that name it as their parent, and trials of a sweep. Pure; the store applies it in the
/// transaction of the end itself, so that no crash comes between.
/// </summary>
public static class JobFamily
{
    public static string WhyItWaits(string parent) => $"Waits until {parent} has succeeded.";

    /// <summary>How a waiting job ends when its parent has ended otherwise than in success.</summary>
    public static JobMove EndOf(JobRecord child, JobRecord parent) => parent.Status switch
    {
        JobStatus.Failed => new(child.Id, JobAction.Abandon, Reason: $"Its parent, {parent.Id}, has failed.",
            Error: new(parent.Error?.Class ?? ErrorClass.User, $"Its parent, {parent.Id}, has failed: {parent.Error?.Detail ?? parent.Reason}")),
        JobStatus.Stopped => new(child.Id, JobAction.Cancel,
            Reason: $"Its parent, {parent.Id}, was stopped before it had succeeded. The weights that it had are kept: send this job again with one of its checkpoints to go on from them."),
        _ => new(child.Id, JobAction.Cancel, Reason: $"Its parent, {parent.Id}, was cancelled."),
    };

    /// <summary>A waiting job whose parent has succeeded: nothing keeps it any more, and what it said of its parent's checkpoint is said of that checkpoint.</summary>
    /// <param name="checkpoint">The one that it asked for (<see cref="ParentCheckpoint.WantedBy"/>); null when it asked for none.</param>
    public static JobRecord Release(JobRecord child, string? checkpoint) => child with
    {
        WaitsFor = null,
        Reason = child.Status == JobStatus.Queued ? null : child.Reason,
        FromCheckpoint = checkpoint ?? child.FromCheckpoint,
        ResolvedJson = checkpoint is null ? child.ResolvedJson : ParentCheckpoint.Bind(child.ResolvedJson, checkpoint),
    };

    /// <summary>What the log of a job says when its parent has succeeded.</summary>
    public static NewJobEvent ReleasedEvent(JobRecord released) => new("log", new JsonObject
    {
        ["message"] = $"Its parent, {released.ParentJob}, has succeeded{(released.FromCheckpoint is { } from ? $": it starts from {from}" : "")}.",
        ["parent"] = released.ParentJob,
        ["from_checkpoint"] = released.FromCheckpoint,
    }.ToJsonString(JsonSerializerOptions.Default), "log:parent");

    /// <summary>A waiting job whose parent has succeeded and left no such checkpoint: somebody has deleted it in that moment.</summary>
    public static JobMove WithoutCheckpoint(JobRecord child, string which) => new(child.Id, JobAction.Abandon, Reason: $"Its parent has left no {which} checkpoint.",
        Error: new(ErrorClass.User, $"It was to start from the {which} checkpoint of {child.WaitsFor}, which has left none."));

    /// <summary>How a trial that is not over ends when its sweep is over.</summary>
    public static JobMove EndOfTrial(JobRecord trial, JobRecord sweep) => sweep.Status == JobStatus.Stopped
        ? new(trial.Id, JobAction.RequestStop, Reason: "Its sweep was stopped.")
        : new(trial.Id, JobAction.Cancel, Reason: $"Its sweep is over: {sweep.Status.Word()}.");
}
