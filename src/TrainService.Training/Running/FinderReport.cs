using System.Globalization;
using System.Text.Json.Nodes;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Finding;

namespace TrainService.Training.Running;

/// <summary>What a search for a learning rate has found, for the log, for the job's summary and, where rates were left open, for its spec.</summary>
internal sealed class FinderReport
{
    /// <summary>Points of the curve in the summary; the search may have had more steps.</summary>
    private const int MostPoints = 1000;

    private readonly RateSuggestions _found;
    private readonly JobSpec _job;
    private readonly IReadOnlyList<string> _open;
    private readonly double _rate, _lowest, _highest;

    public FinderReport(LearningRateFinder finder, JobSpec job)
    {
        (_job, _found, _open) = (job, finder.Suggest(), AutoRates.In(job.Arguments));
        // Where the loss never fell the search is no help: Keras's own rate is as good a guess as any.
        double otherwise = (double)job.Phases[0].Optimizer!.Descriptor.Arguments.First(a => a.Name == "learning_rate").Default!;
        _rate = Rounded(_found.TenthOfMinimum ?? otherwise);
        _lowest = Rounded(_found.Lowest ?? otherwise / 10);
        _highest = Rounded(_found.Highest ?? otherwise);
        Json = new JsonObject
        {
            ["suggestions"] = Suggestions(),
            ["why"] = _found.Why,
            ["exploded"] = finder.Exploded,
            ["steps"] = finder.Points.Count,
            ["curve"] = Curve(finder.Points),
        };
    }

    /// <summary>The member <c>lr_find</c> of the summary.</summary>
    public JsonObject Json { get; }

    /// <summary>For people.</summary>
    public string Message => _found.TenthOfMinimum is null
        ? $"{_found.Why} {(_open.Count > 0 ? $"In place of \"auto\" the default was taken: {Chosen()}." : "Nothing can be suggested.")}"
        : $"{_found.Why} {(_open.Count > 0 ? $"Chosen in place of \"auto\": {Chosen()}." : $"Suggested: {Show(_rate)} (a tenth of that); steepest descent at {Show(_found.Steepest!.Value)}; "
            + $"for cycles {Show(_lowest)} to {Show(_highest)}.")}";

    /// <summary>The job with the rates filled in that it left open. Nothing is left to search in it.</summary>
    public JobSpec Resolve() => AutoRates.Choose(_job, _rate, _lowest, _highest).With("lr_find", null);

    /// <summary>Adds to what the run says.</summary>
    /// <param name="summaryJson">As it was before.</param>
    public RunReport Add(RunReport report, string summaryJson)
    {
        JsonObject summary = JsonNode.Parse(summaryJson)!.AsObject();
        summary["lr_find"] = Json.DeepClone();
        JsonObject said = new() { ["message"] = Message, ["suggestions"] = Json["suggestions"]!.DeepClone() };
        return report with { SummaryJson = RunEvents.Text(summary), Events = [.. report.Events, RunEvents.Found(said)], LatestJson = RunEvents.Text((JsonObject)Json["suggestions"]!.DeepClone()) };
    }

    private JsonObject Suggestions()
    {
        var json = new JsonObject();
        foreach ((string name, double? value) in ((string, double?)[])
            [("learning_rate", _found.TenthOfMinimum), ("steepest", _found.Steepest), ("minimum", _found.Minimum), ("min_lr", _found.Lowest), ("max_lr", _found.Highest)])
            json[name] = value is { } rate ? Rounded(rate) : null;
        return json;
    }

    private string Chosen()
    {
        JobSpec resolved = Resolve();
        return string.Join(", ", _open.Select(place => $"{place} {Show(AutoRates.ValueAt(resolved.Arguments, place))}"));
    }

    private static JsonArray Curve(IReadOnlyList<RatePoint> points)
    {
        int count = Math.Min(points.Count, MostPoints);
        return [.. Enumerable.Range(0, count).Select(i => count == points.Count ? i : (int)((long)i * (points.Count - 1) / (count - 1))).Select(i => (JsonNode?)new JsonObject
        {
            ["step"] = i + 1,
            ["learning_rate"] = double.Parse(points[i].Rate.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
            ["loss"] = points[i].Loss,
            ["smoothed_loss"] = points[i].Smoothed,
        })];
    }

    // As people write a rate.
    private static double Rounded(double rate) => double.Parse(rate.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Show(double rate) => rate.ToString("G3", CultureInfo.InvariantCulture);
}
