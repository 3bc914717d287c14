using System.Text.Json;
using TrainService.Jobs.Specs.Kinds;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Jobs.Specs;

/// <summary>Reads the body of POST /jobs.</summary>
/// <param name="vocabulary">Models, layers, losses … by name.</param>
/// <param name="dataset">What may stand in <c>dataset</c>.</param>
public sealed class JobSpecReader(Vocabulary vocabulary, IReadOnlyList<ArgumentSpec> dataset)
{
    private const string Kind = "kind";

    private readonly Dictionary<string, IReadOnlyList<ArgumentSpec>> _byKind
        = JobKinds.All.ToDictionary(k => k.Name, k => JobKinds.For(k, JobArguments.All(dataset)), StringComparer.Ordinal);

    /// <summary>Everything that a job may hold, whatever its kind: for the JSON schema.</summary>
    public IReadOnlyList<ArgumentSpec> Declared { get; } = JobKinds.ForAny(JobArguments.All(dataset));

    public Vocabulary Vocabulary => vocabulary;

    /// <summary>What a job of one kind may hold.</summary>
    public IReadOnlyList<ArgumentSpec> DeclaredFor(JobKindSpec kind) => _byKind[kind.Name];

    public JobReading Read(JsonElement json)
    {
        var errors = new SpecErrors();
        var reader = new SpecReader(vocabulary, errors);
        JobKindSpec kind = KindOf(json);
        Arguments read = reader.ReadObject(json, DeclaredFor(kind), "");
        if (json.ValueKind == JsonValueKind.Object) read = JobDefaults.Fill(read, kind, DeclaredFor(kind), reader);
        return new JobReading(read, errors, errors.Any ? null : new JobSpec(read));
    }

    // A word that is no kind is an error of its own; what else is wrong is then said as of a training.
    private static JobKindSpec KindOf(JsonElement json)
        => (JsonText.TryGetMember(json, Kind, out JsonElement kind) && JsonText.TryGet(kind, out string? word) ? JobKinds.Find(word) : null) ?? JobKinds.Train;
}

/// <summary>What was read of a job.</summary>
/// <param name="Arguments">All that was right, for the checks that go further.</param>
/// <param name="Errors">What was wrong; further checks may add to it.</param>
/// <param name="Spec">Null when anything was wrong.</param>
public sealed record JobReading(Arguments Arguments, SpecErrors Errors, JobSpec? Spec);
