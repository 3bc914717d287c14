using System.Text.Json;
using TrainService.Specification.Publishing;
using TrainService.Specification.Reading;

namespace TrainService.Specification.Tests.Reading;

public class UnsupportedTests
{
    private static readonly Vocabulary Vocabulary = new(new ComponentRegistry("thing", new ComponentDescriptor<object>("one", a => a) { Summary = "", Advice = "" })
    {
        Unsupported = ["two"],
        UnsupportedKeys = ["blueprint"],
    });

    private static readonly ArgumentSpec[] Members =
    [
        Arg.Component("thing", "thing", "One.", "one"),
        new("phases", ArgumentKind.Json, "Several trainings in one.") { Unsupported = true },
        Arg.Choice("kind", "Which.", "train", "train") with { UnsupportedChoices = ["sweep"] },
    ];

    [Fact]
    public void What_is_not_built_yet_is_refused_by_name_never_passed_over()
    {
        IReadOnlyList<SpecError> errors = Read("""{"thing": "two", "phases": [], "kind": "sweep", "phase": 1}""");

        errors.Select(e => (e.Pointer, e.Code)).ShouldBe(
            [("/thing", "unsupported"), ("/phases", "unsupported"), ("/kind", "unsupported"), ("/phase", "unknown_key")]);
        errors[3].DidYouMean.ShouldBeNull();
    }

    [Fact]
    public void A_key_that_stands_for_a_type_is_refused_by_name()
    {
        SpecError error = Read("""{"thing": {"blueprint": "x"}}""").ShouldHaveSingleItem();

        (error.Pointer, error.Code).ShouldBe(("/thing/blueprint", "unsupported"));
    }

    [Fact]
    public void Null_asks_for_nothing() => Read("""{"phases": null}""").ShouldBeEmpty();

    [Fact]
    public void It_is_not_published() => JsonSchema.Of("t", Members, Vocabulary)["properties"]!.AsObject().Select(p => p.Key).ShouldBe(["thing", "kind"]);

    private static IReadOnlyList<SpecError> Read(string json)
    {
        var errors = new SpecErrors();
        new SpecReader(Vocabulary, errors).ReadObject(JsonDocument.Parse(json).RootElement, Members, "");
        return errors.All;
    }
}
