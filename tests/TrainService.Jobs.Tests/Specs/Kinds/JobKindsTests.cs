using System.Text.Json;
using TrainService.Jobs.Specs;
using TrainService.Jobs.Specs.Kinds;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Jobs.Tests.Specs.Kinds;

public class JobKindsTests
{
    private static readonly JobKindSpec Odd = new("odd", "do something odd.")
    {
        Needs = ["dataset"], Refuses = ["loss", "batch_size"], Arguments = [Arg.Integer("strength", "How much.", required: true)],
    };

    private static readonly IReadOnlyList<ArgumentSpec> Members =
    [
        Arg.Object("dataset", "What to learn from.", [], optional: true), Arg.Component("model", "model", "The network."), Arg.Component("loss", "loss", "What is minimized."),
        Arg.Integer("batch_size", "Rows in a step.", 32), Arg.Object("odd", "Its own.", Odd.Arguments, optional: true),
    ];

    [Fact]
    public void A_kind_says_what_it_needs_what_it_refuses_and_what_stands_in_its_own_object()
    {
        (Arguments read, IReadOnlyList<SpecError> errors) = Read("""{"loss": "mse", "batch_size": 3}""");

        errors.Select(e => (e.Pointer, e.Code)).ShouldBe([("/loss", "conflict"), ("/batch_size", "conflict"), ("/dataset", "required"), ("/odd/strength", "required")], ignoreOrder: true);
        errors[0].Detail.ShouldBe("A job of kind odd has no use for loss.");
        read.Has("batch_size").ShouldBeFalse();
    }

    [Fact]
    public void What_it_refuses_has_no_default_and_may_be_null()
    {
        (Arguments read, IReadOnlyList<SpecError> errors) = Read("""{"dataset": {}, "loss": null, "odd": {"strength": 2}}""");

        errors.ShouldBeEmpty();
        (read.Has("batch_size"), read.Has("model"), read.Object("odd").Integer("strength")).ShouldBe((false, false, 2));
    }

    [Fact]
    public void A_member_that_only_some_kinds_need_is_left_to_them_where_a_job_is_described_for_any()
    {
        IReadOnlyList<ArgumentSpec> any = JobKinds.ForAny([.. Members, Arg.Integer("epochs", "How often.")]);

        any.Single(m => m.Name == "dataset").Required.ShouldBe(JobKinds.All.All(k => k.Needs.Contains("dataset")));
        any.Single(m => m.Name == "epochs").Required.ShouldBeFalse();
    }

    [Fact]
    public void A_word_that_is_no_kind_is_an_error_and_the_rest_is_read_as_of_a_training()
    {
        JobReading reading = SpecVocabulary.Reader.Read(JsonDocument.Parse("""{"kind": "trian"}""").RootElement);

        reading.Errors.All.Select(e => e.Pointer).ShouldBe(["/kind", "/dataset", "/model", "/loss"], ignoreOrder: true);
        reading.Errors.All.Single(e => e.Pointer == "/kind").DidYouMean.ShouldBe("train");
    }

    private static (Arguments Read, IReadOnlyList<SpecError> Errors) Read(string json)
    {
        var errors = new SpecErrors();
        using JsonDocument document = JsonDocument.Parse(json);
        return (new SpecReader(SpecVocabulary.Reader.Vocabulary, errors).ReadObject(document.RootElement, JobKinds.For(Odd, Members), ""), errors.All);
    }
}
