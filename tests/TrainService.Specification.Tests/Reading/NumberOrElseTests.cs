using TrainService.Specification.Publishing;
using TrainService.Specification.Writing;

namespace TrainService.Specification.Tests.Reading;

/// <summary>Numbers in whose place a word or a component may stand.</summary>
public class NumberOrElseTests
{
    [Fact]
    public void A_number_stays_a_number()
    {
        Arguments read = Read("2.5");
        read.OptionalNumber("power").ShouldBe(2.5);
        read.IsReplaced("power").ShouldBeFalse();
    }

    [Fact]
    public void A_word_is_kept_for_later()
    {
        Arguments read = Read("\"auto\"");
        read.OptionalNumber("power").ShouldBeNull();
        read.IsWord("power", "auto").ShouldBeTrue();
    }

    [Theory]
    [InlineData("\"plain\"", "plain")]
    [InlineData("""{"type": "tinted", "depth": 0.25}""", "tinted")]
    [InlineData("""{"class_name": "Tinted", "config": {"depth": 0.25}}""", "tinted")]
    public void A_component_may_stand_there(string json, string name)
    {
        Arguments read = Read(json);
        read.Value("power").Descriptor.Name.ShouldBe(name);
        read.OptionalNumber("power").ShouldBeNull();
    }

    [Theory]
    [InlineData("\"manual\"", "/power", "wrong_type")]
    [InlineData("-1", "/power", "out_of_range")]
    [InlineData("\"nan\"", "/power", "not_finite")]
    [InlineData("""{"type": "tinted", "depth": 7}""", "/power/depth", "out_of_range")]
    [InlineData("""{"type": "pale"}""", "/power/type", "unknown_name")]
    public void Anything_else_is_an_error_that_says_what_may(string json, string pointer, string code)
    {
        SpecError error = Toys.Read($$"""{"type": "glowing", "power": {{json}}}""", "shade").Errors.ShouldHaveSingleItem();
        (error.Pointer, error.Code).ShouldBe((pointer, code));
        if (pointer == "/power") error.Detail.ShouldContain("a number at least 0, or \"auto\", or a shade");
    }

    [Fact]
    public void Schema_and_catalog_tell_all_three()
    {
        JsonSchema.Of("t", Toys.Members, Toys.Vocabulary)["$defs"]!["shade.glowing"]!["properties"]!["power"]!.ToJsonString()
            .ShouldBe("""{"anyOf":[{"type":"number","minimum":0},{"enum":["auto"]},{"$ref":"#/$defs/shade"}],"description":"How bright.","default":1}""");
        CatalogArgument power = Catalog.Of(Toys.Vocabulary).Categories[0].Components.Single(c => c.Name == "glowing").Arguments[0];
        (power.Type, power.Category).ShouldBe(("number", "shade"));
        power.Words.ShouldBe(["auto"]);
    }

    private static Arguments Read(string json)
    {
        (ComponentValue? value, IReadOnlyList<SpecError> errors) = Toys.Read($$"""{"type": "glowing", "power": {{json}}}""", "shade");
        errors.ShouldBeEmpty();
        // Written back, it is read as the same.
        string written = SpecWriter.Write(value!).ToJsonString();
        SpecWriter.Write(Toys.Read(written, "shade").Value!).ToJsonString().ShouldBe(written);
        return value!.Arguments;
    }
}
