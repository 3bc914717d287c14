using System.Text.Json;
using TrainService.Specification;

namespace TrainService.Jobs.Ports;

/// <summary>Understands a job before it is queued: every error at once, or what would happen.</summary>
public interface ISpecCompiler
{
    /// <param name="spec">The body of POST /jobs.</param>
    /// <param name="parent">The job that must succeed before this one; null when none is named.</param>
    Task<CompiledSpec> CompileAsync(JsonElement spec, ParentSpec? parent, CancellationToken ct);
}

public static class SpecCompilers
{
    /// <summary>A job that waits for no other.</summary>
    public static Task<CompiledSpec> CompileAsync(this ISpecCompiler compiler, JsonElement spec, CancellationToken ct) => compiler.CompileAsync(spec, null, ct);
}

/// <summary>Either <see cref="Errors"/> has something, or all the others have.</summary>
public sealed record CompiledSpec
{
    public IReadOnlyList<SpecError> Errors { get; init; } = [];
    public IReadOnlyList<SpecWarning> Warnings { get; init; } = [];
    public JobEnvelope? Envelope { get; init; }

    /// <summary>The spec with every default filled in.</summary>
    public string ResolvedJson { get; init; } = "{}";

    /// <summary>Layers (name, type, output_shape, parameters, flops), totals, peak memory, estimated seconds an epoch.</summary>
    public string SummaryJson { get; init; } = "{}";
}

/// <summary>What the job's life needs to know of a spec, whatever its kind.</summary>
public sealed record JobEnvelope(string? Name, string Kind, IReadOnlyDictionary<string, string> Labels, int Priority, int MaxAttempts,
    double? MaxRuntimeSeconds, int Threads, string? FromCheckpoint);

/// <summary>The job that another goes on from, as far as it is known before it has run.</summary>
/// <param name="Id">Null when it has none yet.</param>
/// <param name="Faulty">Its own spec has errors, so that nothing can be said of what it leaves.</param>
public sealed record ParentSpec(string? Id, string Kind, string ResolvedJson, string SummaryJson, bool Faulty = false);
