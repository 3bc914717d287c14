using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Specification;

namespace TrainService.Training.Running;

/// <summary>The events of a run, as they stand in the log. Keys keep what a resumed run says again from being logged twice.</summary>
internal static class RunEvents
{
    /// <param name="epoch">From 1.</param>
    /// <param name="phase">From 0; null when the job names no phases.</param>
    /// <param name="figures">Metrics, rate, times and norms, in the order in which they are shown.</param>
    /// <param name="pictures">Of <see cref="PictureGrid"/>: what a model draws.</param>
    public static NewJobEvent Epoch(int epoch, int? phase, IEnumerable<KeyValuePair<string, double>> figures, params ReadOnlySpan<JsonObject?> pictures)
    {
        JsonObject data = Figures(figures);
        data.Insert(0, "epoch", epoch);
        if (phase is not null) data.Insert(1, "phase", phase);
        var shown = new JsonArray();
        foreach (JsonObject? picture in pictures)
            if (picture is not null) shown.Add((JsonNode)picture);
        if (shown.Count > 0) data[PictureGrid.Member] = shown;
        return Make("epoch", data, $"epoch:{epoch}");
    }

    /// <param name="figures">Running loss and metrics of the epoch so far.</param>
    /// <param name="of">What gets on, when it is not the training.</param>
    public static NewJobEvent Progress(JobProgress progress, IEnumerable<KeyValuePair<string, double>> figures, string of = "progress") => Make("progress", new JsonObject
    {
        ["epoch"] = progress.Epoch,
        ["epochs"] = progress.Epochs,
        ["step"] = progress.Step,
        ["steps_per_epoch"] = progress.StepsPerEpoch,
        ["fraction"] = Math.Round(progress.Fraction, 6),
        ["samples_per_second"] = Math.Round(progress.SamplesPerSecond, 1),
        ["eta_seconds"] = progress.EtaSeconds is { } eta ? Math.Round(eta, 1) : null,
        ["metrics"] = Figures(figures),
    }, $"{of}:{progress.Epoch}:{progress.Step}");

    public static NewJobEvent Checkpoint(CheckpointRecord record) => Make("checkpoint", new JsonObject
    {
        ["id"] = record.Id,
        ["epoch"] = record.Epoch,
        ["step"] = record.Step,
        ["reason"] = record.Reason,
        ["metrics"] = JsonNode.Parse(record.MetricsJson),
        ["bytes"] = record.Bytes,
        ["sha256"] = record.Sha256,
    }, $"checkpoint:{record.Reason}:{record.Step}");

    /// <param name="key">Null when it may be said again.</param>
    /// <param name="more">For programs: what the message says, as data.</param>
    public static NewJobEvent Log(string message, string? key = null, params ReadOnlySpan<(string Name, JsonNode Value)> more)
    {
        var data = new JsonObject { ["message"] = message };
        foreach ((string name, JsonNode value) in more) data[name] = value;
        return Make("log", data, key);
    }

    /// <summary>What a search for a learning rate has found.</summary>
    public static NewJobEvent Found(JsonObject data) => Make("log", data, "log:lr_find");

    /// <summary>The advice that the job got when it was checked: once in its log.</summary>
    /// <param name="warningsJson">As the job's record has it.</param>
    public static IEnumerable<NewJobEvent> Warnings(string warningsJson)
        => JsonNode.Parse(warningsJson)!.AsArray().Select((w, i) => new NewJobEvent("warning", w!.ToJsonString(JsonSerializerOptions.Default), $"warning:{i}"));

    /// <summary>Advice that comes up as the job runs.</summary>
    public static NewJobEvent Warning(SpecWarning warning, string key) => Make("warning", new JsonObject
    {
        ["pointer"] = warning.Pointer,
        ["code"] = warning.Code,
        ["detail"] = warning.Detail,
        ["remedy"] = warning.Remedy,
    }, key);

    /// <summary>JSON has no NaN: what was not measured is null.</summary>
    public static JsonObject Figures(IEnumerable<KeyValuePair<string, double>> figures)
        => new(figures.Select(f => KeyValuePair.Create(f.Key, double.IsFinite(f.Value) ? (JsonNode?)JsonValue.Create(f.Value) : null)));

    public static string Text(JsonObject json) => json.ToJsonString(JsonSerializerOptions.Default);

    private static NewJobEvent Make(string type, JsonObject data, string? key) => new(type, Text(data), key);
}
