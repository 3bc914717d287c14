using System.Text.Json;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Jobs.Specs;

/// <summary>Reads the body of POST /jobs.</summary>
/// <param name="vocabulary">Models, layers, losses … by name.</param>
/// <param name="dataset">What may stand in <c>dataset</c>.</param>
public sealed class JobSpecReader(Vocabulary vocabulary, IReadOnlyList<ArgumentSpec> dataset)
{
    /// <summary>Everything that a job may hold: for the JSON schema.</summary>
    public IReadOnlyList<ArgumentSpec> Declared { get; } = JobArguments.All(dataset);

    public Vocabulary Vocabulary => vocabulary;

    public JobReading Read(JsonElement json)
    {
        var errors = new SpecErrors();
        var reader = new SpecReader(vocabulary, errors);
        Arguments read = reader.ReadObject(json, Declared, "");
        if (json.ValueKind == JsonValueKind.Object) read = JobDefaults.Fill(read, Declared, reader);
        return new JobReading(read, errors, errors.Any ? null : new JobSpec(read));
    }
}

/// <summary>What was read of a job.</summary>
/// <param name="Arguments">All that was right, for the checks that go further.</param>
/// <param name="Errors">What was wrong; further checks may add to it.</param>
/// <param name="Spec">Null when anything was wrong.</param>
public sealed record JobReading(Arguments Arguments, SpecErrors Errors, JobSpec? Spec);
