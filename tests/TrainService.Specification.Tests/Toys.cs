using TrainService.Specification.Reading;

namespace TrainService.Specification.Tests;

/// <summary>A small vocabulary that has every kind of argument.</summary>
internal static class Toys
{
    public static Vocabulary Vocabulary { get; } = new(
        new ComponentRegistry("shade",
            Make("plain"),
            Make("tinted") with { KerasName = "Tinted", Arguments = [Arg.Number("depth", "How deep.", 0.5, min: 0, max: 1, minExclusive: true)] },
            Make("glowing") with { Arguments = [Arg.Number("power", "How bright.", 1, min: 0) with { Words = ["auto"], Category = "shade" }] },
            Make("mixed") with { Arguments = [Arg.Component("inner", "shade", "Inside.", required: true)] }),
        new ComponentRegistry("block",
            Make("cube") with
            {
                KerasName = "Cube",
                Aliases = ["box"],
                Arguments =
                [
                    Arg.Integer("size", "Edge.", min: 1, max: 100, required: true) with { Aliases = ["edge"] },
                    Arg.Number("weight", "Mass."),
                    Arg.Flag("hollow", "Empty inside.", false),
                    Arg.Choice("finish", "Surface.", "matt", "matt", "gloss"),
                    Arg.Component("shade", "shade", "Colour.", "tinted", nullable: true),
                    Arg.Integers("holes", "Where.", min: 0, maxCount: 3, nullable: true),
                    Arg.Numbers("scale", "Factors.", [1.0, 2.0]),
                    Arg.Components("faces", "shade", "Each face.", maxCount: 6),
                ],
            },
            new ComponentDescriptor<object>("span", a => a.Integer("from") < a.Integer("to") ? a : throw new ArgumentException("'to' must be above 'from'.", "to"))
            {
                Summary = "From here to there.",
                Advice = "Order them.",
                Arguments = [Arg.Integer("from", "Start.", 0), Arg.Integer("to", "End.", 1)],
            })
        { Common = [Arg.Text("name", "What it is called.") with { MaximumLength = 10 }] });

    /// <summary>Members as a job has them: nested objects and maps.</summary>
    public static IReadOnlyList<ArgumentSpec> Members { get; } =
    [
        Arg.Component("block", "block", "One.", required: true),
        new("labels", ArgumentKind.TextMap, "Free.") { Count = (0, 2), Default = new Dictionary<string, string>() },
        new("weights", ArgumentKind.NumberMap, "By class.") { Minimum = 0, Nullable = true },
        Arg.Object("limits", "Bounds.", [Arg.Integer("threads", "Cores.", 1, min: 1), Arg.Number("seconds", "Time.", nullable: true)]),
        Arg.Texts("tags", "Words."),
        Arg.Objects("steps", "One after the other.", [Arg.Integer("length", "How long.", min: 1, required: true), Arg.Component("shade", "shade", "Colour.", "plain")], maxCount: 3),
        new("extra", ArgumentKind.Json, "Anything."),
    ];

    public static (ComponentValue? Value, IReadOnlyList<SpecError> Errors) Read(string json, string category = "block")
    {
        var errors = new SpecErrors();
        using var document = System.Text.Json.JsonDocument.Parse(json);
        return (new SpecReader(Vocabulary, errors).ReadComponent(document.RootElement, category, ""), errors.All);
    }

    public static (Arguments Value, IReadOnlyList<SpecError> Errors) ReadMembers(string json)
    {
        var errors = new SpecErrors();
        using var document = System.Text.Json.JsonDocument.Parse(json);
        return (new SpecReader(Vocabulary, errors).ReadObject(document.RootElement, Members, ""), errors.All);
    }

    private static ComponentDescriptor<object> Make(string name) => new(name, a => a) { Summary = $"A {name} one.", Advice = "For tests." };
}
