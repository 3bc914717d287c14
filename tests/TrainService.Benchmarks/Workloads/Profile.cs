using System.Diagnostics;
using System.Globalization;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.Benchmarks.Workloads;

/// <summary>Shows the phases of a workload's plan (what runs together, where the barriers are) and the best time of each on one thread.</summary>
internal static class Profile
{
    public static int Run(string name, int threads)
    {
        using Workload workload = Catalog.Create(name, threads);
        using ComputePool pool = new(threads, lowerPriority: false);
        using ComputeTeam team = pool.Lease(threads);
        using StepContext context = new(workload.Batch);
        using ExecutionPlan plan = workload switch
        {
            TrainingWorkload training => Training(training, context, team),
            InferenceWorkload inference => Inference(inference, context, team),
            _ => throw new NotSupportedException($"{name} has no plan."),
        };
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

    private static ExecutionPlan Training(TrainingWorkload workload, StepContext context, ComputeTeam team)
    {
        Fill(context, workload.Inputs);
        context.Targets = workload.Targets;
        context.Scalars = workload.Optimizer.Prepare(0, 1e-5f, null);
        // Ends with the process.
        OptimizerState slots = new(workload.State, workload.Optimizer);
        return ExecutionPlan.ForTraining(workload.State, workload.Batch, workload.Loss, new ParameterUpdates(workload.State, workload.Optimizer, slots, null), context, team);
    }

    private static ExecutionPlan Inference(InferenceWorkload workload, StepContext context, ComputeTeam team)
    {
        Fill(context, workload.Inputs);
        return ExecutionPlan.ForInference(workload.State, workload.Batch, dropout: false, context, team);
    }

    private static void Fill(StepContext context, RowSource inputs)
    {
        context.Inputs = inputs;
        for (int r = 0; r < context.Rows.Length; r++) context.Rows[r] = r * 37 % inputs.Count;
    }
}
