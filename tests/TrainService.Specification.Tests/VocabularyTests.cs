namespace TrainService.Specification.Tests;

public class VocabularyTests
{
    [Fact]
    public void Declarations_that_contradict_themselves_are_refused_all_at_once()
    {
        var registry = new ComponentRegistry("thing", new ComponentDescriptor<object>("one", a => a)
        {
            Summary = "",
            Advice = "",
            Arguments =
            [
                Arg.Integer("a", "", 0, min: 1), Arg.Number("a", "", 1), Arg.Component("b", "nowhere", "", "x"), Arg.Choice("c", "", "z", "x", "y"),
                Arg.Text("type", ""), Arg.Component("d", "thing", "", "two"), Arg.Number("e", "", 1) with { Aliases = ["c"] },
            ],
        });

        string message = Should.Throw<ArgumentException>(() => new Vocabulary(registry)).Message;

        foreach (string part in (string[])["one, a: its default", "one, a: the name 'a'", "category 'nowhere'", "one, c: its default", "one, type", "one, d: its default", "'c' is taken"])
            message.ShouldContain(part);
    }

    [Fact]
    public void A_name_taken_twice_in_a_registry_is_refused()
        => Should.Throw<ArgumentException>(() => new ComponentRegistry("thing",
            new ComponentDescriptor<object>("one", a => a) { Summary = "", Advice = "" },
            new ComponentDescriptor<object>("two", a => a) { Summary = "", Advice = "", Aliases = ["one"] }));
}
