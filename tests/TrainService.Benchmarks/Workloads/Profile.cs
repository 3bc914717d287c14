using System.Diagnostics;
using System.Globalization;
using TrainService.Benchmarks.Kernels;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Inference;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.Benchmarks.Workloads;

/// <summary>
/// Shows the phases of a workload's plan (what runs together, where the barriers are) and the best time of each on one thread; or, on several, the
/// median time from barrier to barrier and how long each thread was at work in it.
/// </summary>
internal static class Profile
{
    public static int Run(string name, int threads)
    {
        using Workload workload = Catalog.Create(name, threads);
        using ComputePool pool = new(threads, lowerPriority: false);
        using ComputeTeam team = pool.Lease(threads);
        if (workload is InferenceWorkload inference) return Run(inference);
        using StepContext context = new(workload.Batch);
        using ExecutionPlan plan = Training((TrainingWorkload)workload, context, team);
        if (threads > 1) return Together(plan, team);
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

    private static int Together(ExecutionPlan plan, ComputeTeam team)
    {
        TimedPhase[] phases = [.. plan.Phases.Select(p => new TimedPhase(p, team.Threads))];
        TeamProgram program = new(team.Threads, [.. phases]);
        // As in a measurement: the runtime's second compiler gets a core while nobody spins.
        for (int part = 0; part < 4; part++)
        {
            for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < 0.3;) team.Run(program);
            Thread.Sleep(150);
        }

        List<double> steps = [];
        List<double>[] walls = [.. phases.Select(_ => new List<double>())], busy = [.. Enumerable.Range(0, phases.Length * team.Threads).Select(_ => new List<double>())];
        for (Stopwatch clock = Stopwatch.StartNew(); clock.Elapsed.TotalSeconds < 2;)
        {
            foreach (TimedPhase phase in phases) phase.Reset();
            long start = Stopwatch.GetTimestamp(), before = start;
            team.Run(program);
            steps.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            for (int p = 0; p < phases.Length; p++)
            {
                walls[p].Add(Stopwatch.GetElapsedTime(before, phases[p].End).TotalMicroseconds);
                before = phases[p].End;
                for (int rank = 0; rank < team.Threads; rank++) busy[(p * team.Threads) + rank].Add(Stopwatch.GetElapsedTime(0, phases[p].Busy(rank)).TotalMicroseconds);
            }
        }

        for (int p = 0; p < phases.Length; p++)
        {
            string threads = string.Join(" + ", busy.Skip(p * team.Threads).Take(team.Threads).Select(b => Statistics.Median(b).ToString("F1", CultureInfo.InvariantCulture)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Statistics.Median(walls[p]),10:F1} us (busy {threads}) {phases[p].Tasks,5} tasks  {phases[p]}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Statistics.Median(steps),10:F1} us a step"));
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

    /// <summary>Each step for two samples, beside the share of the arithmetic's limit that products reach.</summary>
    private static int Run(InferenceWorkload workload)
    {
        const int Rows = 2;
        using RowPlan plan = new(workload.State, Rows);
        plan.Allocate(null);
        plan.Prepare();
        plan.Run(workload.Inputs, [0, 1]);
        double[] best = new double[plan.Steps.Count];
        Array.Fill(best, double.MaxValue);
        Stopwatch clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < 3)
        {
            for (int i = 0; i < best.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                plan.Run(plan.Steps[i], Rows);
                best[i] = Math.Min(best[i], Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
        }

        double peak = MachinePeak.Arithmetic(1) / 1e6;
        for (int i = 0; i < best.Length; i++)
        {
            string share = plan.Steps[i] is EndedStep ? string.Create(CultureInfo.InvariantCulture, $"{2 * plan.Steps[i].Cost / best[i] / peak,5:P0}") : "";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{best[i],10:F1} us {share,6}  {plan.Steps[i]}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{best.Sum(),10:F1} us in all; arena {plan.ArenaLength * 4 / 1048576.0:F1} MB a thread"));
        return 0;
    }

    private static void Fill(StepContext context, RowSource inputs)
    {
        context.Inputs = inputs;
        for (int r = 0; r < context.Rows.Length; r++) context.Rows[r] = r * 37 % inputs.Count;
    }
}
