using System.Diagnostics;
using System.Globalization;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.State;
using TrainService.Tensors.Threading;

namespace TrainService.Benchmarks.Workloads;

/// <summary>Shows the phases of a workload's plan (what runs together, where the barriers are) and the best time of each on one thread.</summary>
internal static class Profile
{
    public static int Run(string name, int threads)
    {
        using Workload workload = Catalog.Create(name, threads);
        using OptimizerState slots = new(workload.State, workload.Optimizer);
        using StepContext context = new(workload.Batch)
        {
            Inputs = workload.Inputs, Targets = workload.Targets, Scalars = workload.Optimizer.Prepare(0, 1e-5f, null),
        };
        for (int r = 0; r < workload.Batch; r++) context.Rows[r] = r * 37 % workload.Inputs.Count;
        using ComputePool pool = new(threads, lowerPriority: false);
        using ComputeTeam team = pool.Lease(threads);
        using ExecutionPlan plan = ExecutionPlan.ForTraining(workload.State, workload.Batch, workload.Loss,
            new ParameterUpdates(workload.State, workload.Optimizer, slots, null), context, team);
        double[] best = new double[plan.Phases.Count];
        Array.Fill(best, double.MaxValue);
        Stopwatch clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < 3)
        {
            for (int p = 0; p < best.Length; p++)
            {
                long start = Stopwatch.GetTimestamp();
                for (int task = 0; task < plan.Phases[p].Tasks; task++) plan.Phases[p].Run(task, 0);
                best[p] = Math.Min(best[p], Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
        }

        for (int p = 0; p < best.Length; p++)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{best[p],10:F1} us {plan.Phases[p].Tasks,5} tasks  {plan.Phases[p]}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{best.Sum(),10:F1} us in all; arena {plan.ArenaLength * 4 / 1048576.0:F1} MB, {workload.Network.ParameterCount:N0} parameters"));
        return 0;
    }
}
