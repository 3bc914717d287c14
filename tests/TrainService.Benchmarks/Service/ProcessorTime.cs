using System.Globalization;

namespace TrainService.Benchmarks.Service;

/// <summary>What a process has used of the processors, as Linux counts it.</summary>
internal static class ProcessorTime
{
    /// <summary>Processor time of the service but of the threads that train, in seconds: what clients cost, whatever else the machine does.</summary>
    public static double BesideTraining(int process)
    {
        const double TicksPerSecond = 100;
        // Of the process, since threads that have ended count too.
        long ticks = Ticks($"/proc/{process}/stat").Ticks;
        foreach (string thread in Directory.EnumerateDirectories($"/proc/{process}/task"))
        {
            try
            {
                (string name, long its) = Ticks(Path.Combine(thread, "stat"));
                if (name.StartsWith("train", StringComparison.Ordinal) || name.StartsWith("compute", StringComparison.Ordinal)) ticks -= its;
            }
            catch (IOException)
            {
                // It has just ended.
            }
        }
        return ticks / TicksPerSecond;
    }

    private static (string Name, long Ticks) Ticks(string file)
    {
        string stat = File.ReadAllText(file);
        string[] after = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..stat.LastIndexOf(')')],
            long.Parse(after[11], CultureInfo.InvariantCulture) + long.Parse(after[12], CultureInfo.InvariantCulture));
    }
}
