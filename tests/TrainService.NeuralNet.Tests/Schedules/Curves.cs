using TrainService.NeuralNet.Schedules;

namespace TrainService.NeuralNet.Tests.Schedules;

/// <summary>Schedules made as a job makes them, from JSON, and their rates step by step.</summary>
internal static class Curves
{
    /// <summary>base rate 0.1, 10 steps an epoch, 100 steps in all.</summary>
    public static ScheduleContext Context { get; } = new(BaseRate: 0.1, StepsPerEpoch: 10, TotalSteps: 100);

    public static Schedule Make(string json) => Parts.Of<Schedule>("schedule", json);

    public static double[] Rates(string json, params long[] steps) => Rates(json, Context, steps);

    public static double[] Rates(string json, ScheduleContext context, params long[] steps)
    {
        Schedule schedule = Make(json);
        return [.. steps.Select(s => (double)schedule.RateAt(s, context))];
    }

    /// <param name="relative">Float32 has about 1.2e-7 at each operation.</param>
    public static void ShouldBeNear(this double[] actual, double[] expected, double relative = 1e-6)
    {
        actual.Length.ShouldBe(expected.Length);
        for (int i = 0; i < expected.Length; i++)
            actual[i].ShouldBe(expected[i], Math.Max(relative * Math.Abs(expected[i]), 1e-12), $"number {i}");
    }
}
