using System.Text.Json;
using TrainService.Data;
using TrainService.Data.Requests;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs;
using TrainService.Specification;
using TrainService.Tensors.Threading;
using TrainService.Training.Compilation;
using TrainService.Training.Reuse;

namespace TrainService.Training.Kinds;

/// <summary>Checks jobs that no ordinary training stands for, and works out what would happen.</summary>
internal interface ICompiledByItself
{
    Task<CompiledSpec> CompileAsync(CompileContext context, CancellationToken ct);
}

/// <summary>What there is to check a job with.</summary>
/// <param name="Reading">What was read, and the list that errors are added to.</param>
/// <param name="Data">Null when the job names no dataset, or a wrong one.</param>
/// <param name="Warnings">Advice is added here.</param>
internal sealed record CompileContext(JobReading Reading, DescribedData? Data, List<SpecWarning> Warnings, ModelReuse Reuse, MachineSpeed Speed, JobLimits Limits, ComputePool Pool,
    ICheckpointStore Checkpoints)
{
    public required DatasetLibrary Datasets { get; init; }

    /// <summary>The body as it was sent.</summary>
    public required JsonElement Body { get; init; }

    /// <summary>The job that goes before; null when none is named.</summary>
    public ParentSpec? Parent { get; init; }

    /// <summary>Checks another job that this one comes to.</summary>
    public required Func<JsonElement, Task<CompiledSpec>> CompileOther { get; init; }
}
