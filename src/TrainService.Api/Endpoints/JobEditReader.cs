using System.Text.Json;
using TrainService.Jobs.Ports;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Api.Endpoints;

/// <summary>Reads the body of PATCH /jobs/{id}, with every error at once.</summary>
internal static class JobEditReader
{
    private static readonly ArgumentSpec[] Members =
    [
        new("name", ArgumentKind.Text, "What to call it.") { MaximumLength = 200 },
        new("labels", ArgumentKind.TextMap, "Replaces all labels.") { Count = (0, 32) },
        Arg.Integer("priority", "Higher runs earlier.", min: -100, max: 100),
    ];

    private static readonly Vocabulary NoComponents = new();

    /// <summary>Null when something is wrong.</summary>
    public static JobEdit? Read(JsonElement json, out IReadOnlyList<SpecError> errors)
    {
        var gathered = new SpecErrors();
        Arguments read = new SpecReader(NoComponents, gathered).ReadObject(json, Members, "");
        errors = gathered.All;
        return gathered.Any ? null : new JobEdit(
            read.OptionalText("name"),
            read.Has("labels") ? (IReadOnlyDictionary<string, string>)read.Values["labels"]! : null,
            read.OptionalInteger("priority"));
    }
}
