using System.Globalization;
using TrainService.Data.Requests;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Metrics;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Running;

namespace TrainService.Training.Compilation;

/// <summary>Do the names that one part of a job uses of another exist: monitored metrics, weighted classes?</summary>
internal static class NamesCheck
{
    public static void Run(Arguments job, DescribedData? data, Network? network, Loss? loss, SpecErrors errors)
    {
        if (data is null) return;
        CheckClassWeights(job, data, errors);
        if (network is null || loss is null || !job.Has("metrics")) return;
        IReadOnlyList<ComponentValue> weighted = job.Has("weighted_metrics") ? job.ValueList("weighted_metrics") : [];
        IReadOnlyList<Metric> metrics = MetricChoice.Of(job.ValueList("metrics"), weighted, loss, network, errors);
        string[] measured = ["loss", .. metrics.Select(m => m.Name)];
        CheckDuplicates([.. metrics.Where(m => !m.Weighted).Select(m => m.Name)], "/metrics", errors);
        CheckDuplicates([.. metrics.Where(m => m.Weighted).Select(m => m.Name)], "/weighted_metrics", errors);
        bool validates = data.Counts.Validation > 0;
        string[] known = validates ? [.. measured, .. measured.Select(m => "val_" + m)] : measured;
        CheckMonitors(job, "", known, validates, errors);
        IReadOnlyList<Arguments> phases = job.Has("phases") ? job.Objects("phases") : [];
        for (int i = 0; i < phases.Count; i++) CheckMonitors(phases[i], $"/phases/{i.ToString(CultureInfo.InvariantCulture)}", known, validates, errors);
        if (job.OptionalObject("checkpoint") is { } checkpoint) CheckMonitor(checkpoint, "/checkpoint", known, validates, errors);
    }

    private static void CheckMonitors(Arguments owner, string pointer, string[] known, bool validates, SpecErrors errors)
    {
        IReadOnlyList<ComponentValue> callbacks = owner.Has("callbacks") ? owner.ValueList("callbacks") : [];
        for (int i = 0; i < callbacks.Count; i++)
            CheckMonitor(callbacks[i].Arguments, $"{pointer}/callbacks/{i.ToString(CultureInfo.InvariantCulture)}", known, validates, errors);
        if (owner.OptionalValue("schedule") is { } schedule) CheckMonitor(schedule.Arguments, $"{pointer}/schedule", known, validates, errors);
    }

    private static void CheckMonitor(Arguments owner, string pointer, string[] known, bool validates, SpecErrors errors)
    {
        if (owner.OptionalText("monitor") is not { } monitor || known.Contains(monitor, StringComparer.Ordinal)) return;
        string why = !validates && monitor.StartsWith("val_", StringComparison.Ordinal)
            ? "There are no validation rows: give dataset.validation_split or dataset.validation."
            : $"Nothing of this name is measured. Known: {string.Join(", ", known)}.";
        errors.Add($"{pointer}/monitor", "not_found", why, monitor, NearestName.Of(monitor, known));
    }

    private static void CheckDuplicates(string[] measured, string pointer, SpecErrors errors)
    {
        for (int i = 1; i < measured.Length; i++)
            if (Array.IndexOf(measured, measured[i]) < i)
                errors.Add($"{pointer}/{i.ToString(CultureInfo.InvariantCulture)}", "conflict", $"'{measured[i]}' is measured twice.", measured[i]);
    }

    private static void CheckClassWeights(Arguments job, DescribedData data, SpecErrors errors)
    {
        if (!job.Has("class_weight")) return;
        foreach (string key in job.NumberMap("class_weight").Keys)
            if (RowWeights.ClassIndex(data.Target, key) is null)
                errors.Add(JsonPointer.Member("/class_weight", key), "not_found", "The dataset has no such class.", key, NearestName.Of(key, data.Target.ClassNames ?? []));
    }
}
