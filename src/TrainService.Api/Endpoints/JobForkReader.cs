using System.Text.Json;
using TrainService.Contracts.Jobs;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Api.Endpoints;

/// <summary>Reads the body of POST /jobs/{id}/fork. What the patch makes of the spec is checked when it has been applied.</summary>
internal static class JobForkReader
{
    private static readonly ArgumentSpec[] Members =
    [
        new("checkpoint", ArgumentKind.Text, "A checkpoint of the job.") { Nullable = true },
        new("patch", ArgumentKind.Json, "Changes to the spec."),
    ];

    private static readonly Vocabulary NoComponents = new();

    /// <summary>Null when something is wrong.</summary>
    public static JobForkRequest? Read(JsonElement json, out IReadOnlyList<SpecError> errors)
    {
        var gathered = new SpecErrors();
        Arguments read = new SpecReader(NoComponents, gathered).ReadObject(json, Members, "");
        JsonElement? patch = read.Has("patch") ? (JsonElement)read.Values["patch"]! : null;
        if (patch is { } given && given.ValueKind != JsonValueKind.Object)
            gathered.Add("/patch", "wrong_type", "Expected an object: members of the spec to change.", given);
        else if (patch is { } members && HasDuplicates(members))
            gathered.Add("/patch", "duplicate_key", "A key stands twice in one of its objects.");
        errors = gathered.All;
        return gathered.Any ? null : new JobForkRequest(read.OptionalText("checkpoint"), patch);
    }

    private static bool HasDuplicates(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().Select(p => p.Name).Distinct(StringComparer.Ordinal).Count() < json.GetPropertyCount()
            || json.EnumerateObject().Any(p => HasDuplicates(p.Value)),
        JsonValueKind.Array => json.EnumerateArray().Any(HasDuplicates),
        _ => false,
    };
}
