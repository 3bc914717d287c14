using System.Text.Json;
using TrainService.Jobs.Ports;
using TrainService.Specification;

namespace TrainService.Jobs;

/// <summary>What was understood of the body of POST /jobs: one job or a chain of them.</summary>
/// <param name="Compiled">In the order of the body. Whatever is wrong with one is in <paramref name="Errors"/> too, with its place in the body.</param>
/// <param name="Parents">The job that each of them waits for, by its id here or its place in <paramref name="Specs"/>.</param>
public sealed record Submission(IReadOnlyList<JsonElement> Specs, IReadOnlyList<CompiledSpec> Compiled, IReadOnlyList<(string? Id, int? Index)> Parents,
    IReadOnlyList<SpecError> Errors, bool IsChain);

/// <summary>Reads and checks what is sent, each job against the one that it goes on from.</summary>
internal sealed class SubmissionReader(IJobStore store, ISpecCompiler compiler)
{
    public async Task<Submission> ReadAsync(JsonElement body, CancellationToken ct)
    {
        List<SpecError> errors = [];
        bool isChain = JobChain.Is(body);
        IReadOnlyList<JsonElement> specs = isChain ? JobChain.Read(body, errors) : [body];
        List<CompiledSpec> compiled = [];
        List<(string? Id, int? Index)> parents = [];
        for (int i = 0; i < specs.Count; i++)
        {
            string place = isChain ? JobChain.Pointer(i) : "";
            (bool isGiven, string? name) = JobChain.ParentOf(specs[i]);
            int? index = name is not null ? JobChain.Find(specs, i, name) : !isGiven && i > 0 ? i - 1 : null;
            ParentSpec? parent = index is { } at ? new(null, compiled[at].Envelope?.Kind ?? "", compiled[at].ResolvedJson, compiled[at].SummaryJson, compiled[at].Envelope is null)
                : name is not null ? await FindAsync(name, place, errors, ct).ConfigureAwait(false) : null;
            CompiledSpec one = await compiler.CompileAsync(specs[i], parent, ct).ConfigureAwait(false);
            errors.AddRange(one.Errors.Select(e => e with { Pointer = place + e.Pointer }));
            compiled.Add(one);
            parents.Add((parent?.Id, index));
        }

        return new(specs, compiled, parents, errors, isChain);
    }

    private async Task<ParentSpec> FindAsync(string id, string place, List<SpecError> errors, CancellationToken ct)
    {
        JobRecord? job = await store.FindAsync(id, ct).ConfigureAwait(false);
        if (job is null)
            errors.Add(new($"{place}/{JobChain.Parent}", "not_found", place.Length == 0 ? "There is no such job." : "There is no such job, nor an earlier one of this name in the chain.") { Got = id });
        else if (job is { Terminal: true, Status: not JobStatus.Succeeded })
            errors.Add(new($"{place}/{JobChain.Parent}", "conflict", $"That job is {job.Status.Word()}: it will never succeed, which is what this one would wait for.") { Got = id });
        return job is null ? new(null, "", "{}", "{}", Faulty: true) : new(job.Id, job.Kind, job.ResolvedJson, job.SummaryJson);
    }
}
