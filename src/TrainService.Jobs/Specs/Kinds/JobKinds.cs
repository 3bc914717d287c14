using TrainService.Specification;

namespace TrainService.Jobs.Specs.Kinds;

/// <summary>The kinds of jobs that there are. A kind is a line here and a line in the runner's own list, which says what it does.</summary>
public static class JobKinds
{
    public static IReadOnlyList<JobKindSpec> All { get; } = [Train, RateSearch, Evaluate, Sweep, Autoencoder, Greedy, Pairs, Gan, PretrainRbm];

    public static JobKindSpec Train => TrainKind.Spec;

    public static JobKindSpec RateSearch => RateSearchKind.Spec;

    public static JobKindSpec Evaluate => EvaluateKind.Spec;

    public static JobKindSpec Sweep => SweepKind.Spec;

    public static JobKindSpec Gan => GanKind.Spec;

    public static JobKindSpec PretrainRbm => PretrainRbmKind.Spec;

    /// <summary>The optimizer of a generator or a discriminator whose job names none, as it would be written in the job.</summary>
    public static string GanOptimizer => GanKind.Optimizer;

    public static JobKindSpec Autoencoder => AutoencoderKind.Spec;

    public static JobKindSpec Greedy => GreedyKind.Spec;

    public static JobKindSpec Pairs => PairsKind.Spec;

    /// <summary>Null when there is none of that name.</summary>
    public static JobKindSpec? Find(string? name) => All.FirstOrDefault(k => k.Name == name);

    /// <summary>The member <c>kind</c> of a job.</summary>
    public static ArgumentSpec Choice { get; } = Arg.Choice("kind", $"What the job does. {string.Join(" ", All.Select(k => $"{k.Name}: {k.Summary}"))}", TrainKind.Spec.Name, [.. All.Select(k => k.Name)]);

    /// <summary>The objects of the kinds.</summary>
    public static IReadOnlyList<ArgumentSpec> Objects { get; } = [.. All.Where(k => k.Arguments.Count > 0)
        .Select(k => Arg.Object(k.Name, k.ObjectDescription ?? $"For jobs of this kind: {k.Summary}", k.Arguments, optional: true))];

    /// <summary>The members of a job as they are for any of the kinds: required is what all of them need.</summary>
    public static IReadOnlyList<ArgumentSpec> ForAny(IReadOnlyList<ArgumentSpec> members) => [.. members.Select(member =>
    {
        string[] need = [.. All.Where(k => k.Needs.Contains(member.Name)).Select(k => k.Name)], refuse = [.. All.Where(k => k.Refuses.Contains(member.Name)).Select(k => k.Name)];
        string more = (need.Length > 0 && need.Length < All.Count ? $" Needed by {string.Join(", ", need)}." : "") + (refuse.Length > 0 ? $" Not for {string.Join(", ", refuse)}." : "");
        return member with { Required = need.Length == All.Count, Nullable = member.Nullable || (need.Length > 0 && need.Length < All.Count), Description = member.Description + more };
    })];

    /// <summary>The members of a job as they are for one kind.</summary>
    public static IReadOnlyList<ArgumentSpec> For(JobKindSpec kind, IReadOnlyList<ArgumentSpec> members) => [.. members.Select(member =>
    {
        if (kind.Needs.Contains(member.Name)) return member with { Required = true, Nullable = false };
        if (member.Name == kind.Name) return Arg.Object(kind.Name, member.Description, member.Members);
        if (kind.Refuses.Contains(member.Name)) return member with { Refusal = $"A job of kind {kind.Name} has no use for {member.Name}.", Nullable = true };
        return Find(member.Name) is { SharesObject: false } other
            ? member with { Refusal = $"Only a job of kind {other.Name} takes it; this one is of kind {kind.Name}." }
            : member with { Nullable = member.Nullable || All.Any(k => k.Needs.Contains(member.Name)) };
    })];
}
