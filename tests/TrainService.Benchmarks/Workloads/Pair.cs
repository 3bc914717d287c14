using System.Diagnostics;
using System.Globalization;
using TrainService.Tensors.Threading;

namespace TrainService.Benchmarks.Workloads;

/// <summary>
/// Two jobs in one process, one thread each, as the service runs them side by side: their rates together against the rate of one of them alone, in
/// turn, medians of five rounds.
/// </summary>
internal static class Pair
{
    private const int Rounds = 5;

    public static int Run(string name, double seconds)
    {
        using ComputePool pool = new(2, lowerPriority: false);
        using Workload first = Catalog.Create(name, 1, pool), second = Catalog.Create(name, 1, pool);
        double each = seconds / (2 * Rounds + 1);
        Together(first, second, each);
        List<double> alone = [], together = [];
        for (int round = 0; round < Rounds; round++)
        {
            alone.Add(Rate(first, each));
            together.Add(Together(first, second, each));
        }

        double one = Statistics.Median(alone), two = Statistics.Median(together);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $$"""{"workload": "{{name}}", "steps_per_s_alone": {{one:F2}}, "steps_per_s_of_two": {{two:F2}}, "ratio": {{two / one:F2}}}"""));
        return 0;
    }

    private static double Together(Workload first, Workload second, double seconds)
    {
        double other = 0;
        Thread thread = new(() => other = Rate(second, seconds));
        thread.Start();
        double mine = Rate(first, seconds);
        thread.Join();
        return mine + other;
    }

    /// <summary>Steps a second over about so many seconds.</summary>
    private static double Rate(Workload workload, double seconds)
    {
        long start = Stopwatch.GetTimestamp();
        int steps = 0;
        double taken;
        do
        {
            workload.Step();
            steps++;
            taken = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        while (taken < seconds);
        return steps / taken;
    }
}
