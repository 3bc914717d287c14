using System.Text.Json;
using TrainService.Specification;

namespace TrainService.NeuralNet.Schedules;

/// <summary>Straight lines between points (t, rate); before the first point its rate, after the last one its rate. It moves at every step.</summary>
public sealed class Interpolated : Schedule
{
    private const int MostPoints = 10_000;
    private readonly double[] _times;
    private readonly double[] _rates;
    private readonly ScheduleUnit _unit;

    /// <param name="points">At least one, their times rising.</param>
    public Interpolated(IReadOnlyList<(double Time, double Rate)> points, ScheduleUnit unit)
    {
        if (points.Count == 0) throw Conflict.At("points", "Expected at least one point, [step, rate].");
        for (int i = 1; i < points.Count; i++)
            if (points[i].Time <= points[i - 1].Time)
                throw Conflict.At("points", $"The steps of the points must rise; point {i} is at {points[i].Time}, after {points[i - 1].Time}.");
        (_times, _rates, _unit) = ([.. points.Select(p => p.Time)], [.. points.Select(p => p.Rate)], unit);
    }

    public static ComponentDescriptor<Schedule> Descriptor { get; } = new("custom",
        a => new Interpolated(Points((JsonElement)a.Values["points"]!), ScheduleUnits.Of(a)))
    {
        Aliases = ["points", "interpolated"],
        Summary = "Straight lines between the points that you name.",
        Advice = "When none of the others has the shape that you want.",
        Source = "Linear interpolation",
        Arguments =
        [
            new("points", ArgumentKind.Json, "The points, [[step, rate], …], their steps rising.") { Required = true },
            ScheduleArguments.Unit with { Description = "What the first number of a point counts: step or epoch." },
        ],
    };

    /// <inheritdoc/>
    public override bool UsesBaseRate => false;

    /// <inheritdoc/>
    public override float RateAt(long step, in ScheduleContext context)
    {
        double t = _unit == ScheduleUnit.Epoch ? (double)step / context.StepsPerEpoch : step;
        int found = Array.BinarySearch(_times, t);
        if (found >= 0) return (float)_rates[found];
        int next = ~found;
        if (next == 0) return (float)_rates[0];
        if (next == _times.Length) return (float)_rates[^1];
        double p = (t - _times[next - 1]) / (_times[next] - _times[next - 1]);
        return (float)((_rates[next - 1] * (1 - p)) + (_rates[next] * p));
    }

    private static List<(double, double)> Points(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array) throw Conflict.At("points", "Expected a list of points, [[step, rate], …].");
        if (json.GetArrayLength() > MostPoints) throw Conflict.At("points", $"Expected at most {MostPoints} points, got {json.GetArrayLength()}.");
        var points = new List<(double, double)>(json.GetArrayLength());
        foreach (JsonElement point in json.EnumerateArray())
        {
            if (point.ValueKind != JsonValueKind.Array || point.GetArrayLength() != 2 || !IsNumber(point[0], out double time) || !IsNumber(point[1], out double rate))
                throw Conflict.At("points", $"Point {points.Count} is not [step, rate], two numbers that are at least 0.");
            points.Add((time, rate));
        }
        return points;
    }

    private static bool IsNumber(JsonElement json, out double value)
    {
        value = 0;
        return json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out value) && value is >= 0 and <= float.MaxValue;
    }
}
