namespace TrainService.Benchmarks.Workloads;

/// <summary>Shows the phases of a workload's plan: what runs together, and where the barriers are.</summary>
internal static class Profile
{
    public static int Run(string name, int threads)
    {
        using Workload workload = Catalog.Create(name, threads);
        foreach (string phase in workload.Session.DescribePlan()) Console.WriteLine(phase);
        Console.WriteLine($"arena {workload.Session.ArenaLength * 4 / 1048576.0:F1} MB, parameters {workload.Network.ParameterCount:N0}");
        return 0;
    }
}
