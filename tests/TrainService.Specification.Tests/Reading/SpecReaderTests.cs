using TrainService.Specification.Writing;

namespace TrainService.Specification.Tests.Reading;

public class SpecReaderTests
{
    [Fact]
    public void A_bare_name_is_a_component_with_its_defaults()
    {
        (ComponentValue? value, IReadOnlyList<SpecError> errors) = Toys.Read("\"tinted\"", "shade");

        errors.ShouldBeEmpty();
        value!.Descriptor.Name.ShouldBe("tinted");
        value.Arguments.Number("depth").ShouldBe(0.5);
    }

    [Fact]
    public void Every_kind_of_argument_is_read()
    {
        Arguments a = Toys.Read("""
            {"type": "cube", "size": 3.0, "weight": 2, "hollow": true, "finish": "gloss", "shade": {"type": "mixed", "inner": "plain"},
             "holes": 7, "scale": [0.5, 4], "faces": ["plain", {"type": "tinted", "depth": 1}], "name": "c1"}
            """).Value!.Arguments;

        a.Integer("size").ShouldBe(3);
        a.Number("weight").ShouldBe(2);
        a.Flag("hollow").ShouldBeTrue();
        a.Text("finish").ShouldBe("gloss");
        a.Value("shade").Arguments.Value("inner").Descriptor.Name.ShouldBe("plain");
        a.Integers("holes").ShouldBe([7]);
        a.Numbers("scale").ShouldBe([0.5, 4]);
        a.ValueList("faces").Select(f => f.Descriptor.Name).ShouldBe(["plain", "tinted"]);
        a.Text("name").ShouldBe("c1");
    }

    [Fact]
    public void A_single_text_stands_for_a_list_of_one()
        => Toys.ReadMembers("""{"block": "plain", "tags": "red"}""").Item1.Texts("tags").ShouldBe(["red"]);

    [Fact]
    public void Objects_in_a_list_have_members_each()
    {
        Arguments read = Toys.ReadMembers("""{"block": "plain", "steps": [{"length": 2}, {"length": 3, "shade": "tinted"}]}""").Value;
        read.Objects("steps").Select(s => (s.Integer("length"), s.Value("shade").Descriptor.Name)).ShouldBe([(2, "plain"), (3, "tinted")]);
        Toys.ReadMembers(SpecWriter.Write(read).ToJsonString()).Value.Objects("steps").Count.ShouldBe(2);
        Toys.ReadMembers("""{"block": "plain", "steps": [{"length": 0}, 3, {}]}""").Errors.Where(e => e.Pointer.StartsWith("/steps", StringComparison.Ordinal)).Select(e => (e.Pointer, e.Code))
            .ShouldBe([("/steps/0/length", "out_of_range"), ("/steps/1", "wrong_type"), ("/steps/2/length", "required")]);
        Toys.ReadMembers("""{"block": "plain", "steps": []}""").Errors.ShouldContain(e => e.Pointer == "/steps" && e.Code == "out_of_range");
    }

    [Fact]
    public void Defaults_are_filled_in_and_null_stands_where_it_may()
    {
        Arguments a = Toys.Read("""{"type": "cube", "size": 1, "holes": null, "shade": null}""").Value!.Arguments;

        a.Has("weight").ShouldBeFalse();
        a.Values.ContainsKey("weight").ShouldBeFalse();
        a.Values.ShouldContain(new KeyValuePair<string, object?>("holes", null));
        a.Values.ShouldContain(new KeyValuePair<string, object?>("shade", null));
        a.Numbers("scale").ShouldBe([1.0, 2.0]);
        a.ValueList("faces").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"type": "box", "size": 2}""")]
    [InlineData("""{"type": "Cube", "size": 2}""")]
    [InlineData("""{"type": "cube", "edge": 2}""")]
    public void Aliases_and_Keras_names_mean_the_same(string json)
    {
        ComponentValue value = Toys.Read(json).Value!;

        value.Descriptor.Name.ShouldBe("cube");
        value.Arguments.Integer("size").ShouldBe(2);
    }

    [Fact]
    public void All_errors_are_found_at_once_each_at_its_place()
    {
        (Arguments read, IReadOnlyList<SpecError> errors) = Toys.ReadMembers("""
            {"block": {"type": "cube", "sise": 4, "weight": 1e999, "hollow": 1, "finish": "glos", "shade": "tintd", "holes": [1, -1],
                       "faces": [{"type": "tinted", "depth": 0}, 5, {"depth": 1}], "scale": [1, "NaN"], "name": "longer than ten"},
             "labels": {"a": 1, "b": "x"}, "weights": {"x/y": -1}, "limits": {"threads": 0, "second": 1}, "limits": {}, "tags": 1}
            """);

        errors.Select(e => (e.Pointer, e.Code)).ShouldBe(
        [
            ("/block/sise", "unknown_key"), ("/block/weight", "not_finite"), ("/block/hollow", "wrong_type"), ("/block/finish", "unknown_name"),
            ("/block/shade", "unknown_name"), ("/block/holes/1", "out_of_range"), ("/block/faces/0/depth", "out_of_range"),
            ("/block/faces/1", "wrong_type"), ("/block/faces/2/type", "required"), ("/block/scale/1", "not_finite"), ("/block/name", "too_long"),
            ("/block/size", "required"), ("/labels/a", "wrong_type"), ("/weights/x~1y", "out_of_range"), ("/limits/threads", "out_of_range"),
            ("/limits/second", "unknown_key"), ("/limits", "duplicate_key"), ("/tags", "wrong_type"),
        ], ignoreOrder: true);
        Of("/block/sise").DidYouMean.ShouldBe("size");
        Of("/block/finish").DidYouMean.ShouldBe("gloss");
        Of("/block/shade").DidYouMean.ShouldBe("tinted");
        Of("/limits/second").DidYouMean.ShouldBe("seconds");
        Of("/block/faces/0/depth").Got.ShouldBe(0L);
        Of("/limits/threads").Detail.ShouldBe("Expected a whole number at least 1; got 0.");
        read.Has("block").ShouldBeFalse();

        SpecError Of(string pointer) => errors.Single(e => e.Pointer == pointer);
    }

    [Fact]
    public void What_was_right_is_returned_though_something_else_was_wrong()
    {
        Arguments read = Toys.ReadMembers("""{"block": {"type": "cube", "size": 2}, "limits": {"threads": "many", "seconds": 4}}""").Value;

        read.Value("block").Arguments.Integer("size").ShouldBe(2);
        read.Object("limits").Number("seconds").ShouldBe(4);
        read.Object("limits").Has("threads").ShouldBeFalse();
    }

    [Theory]
    [InlineData("1.5", "wrong_type")]
    [InlineData("\"3\"", "wrong_type")]
    [InlineData("null", "wrong_type")]
    [InlineData("[3]", "wrong_type")]
    [InlineData("0", "out_of_range")]
    [InlineData("101", "out_of_range")]
    [InlineData("1e300", "out_of_range")]
    [InlineData("99999999999999999999", "out_of_range")]
    [InlineData("-1e400", "not_finite")]
    public void An_integer_outside_its_declaration_is_refused(string value, string code)
    {
        SpecError error = Toys.Read($$"""{"type": "cube", "size": {{value}}}""").Errors.ShouldHaveSingleItem();

        error.Code.ShouldBe(code);
        error.Pointer.ShouldBe("/size");
    }

    [Theory]
    [InlineData("4e38")]
    [InlineData("-1e300")]
    public void A_number_without_a_range_must_fit_in_float32(string value)
        => Toys.Read($$"""{"type": "cube", "size": 1, "weight": {{value}}}""").Errors.ShouldHaveSingleItem().Code.ShouldBe("out_of_range");

    [Fact]
    public void A_rule_that_joins_arguments_is_a_conflict_at_the_one_it_names()
    {
        SpecError error = Toys.Read("""{"type": "span", "from": 5, "to": 5}""").Errors.ShouldHaveSingleItem();

        (error.Pointer, error.Code, error.Detail).ShouldBe(("/to", "conflict", "'to' must be above 'from'."));
    }

    [Theory]
    [InlineData("""{"type": "cube", "size": 1, "size": 2}""", "/size")]
    [InlineData("""{"type": "cube", "size": 1, "edge": 2}""", "/edge")]
    [InlineData("""{"type": "cube", "type": "cube", "size": 1}""", "/type")]
    [InlineData("""{"class_name": "Cube", "class_name": "Cube", "config": {"size": 1}}""", "/class_name")]
    public void A_key_given_twice_is_an_error(string json, string pointer)
    {
        SpecError error = Toys.Read(json).Errors.ShouldHaveSingleItem();

        (error.Pointer, error.Code).ShouldBe((pointer, "duplicate_key"));
    }

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"type\": \"cube\", \"size\": 1, \"\\udc00\": 1}")]
    [InlineData("{\"type\": \"cube\", \"size\": 1, \"name\": \"a\\u0000b\"}")]
    [InlineData("{\"type\": \"\\ud800\"}")]
    public void Texts_that_are_no_Unicode_are_errors(string json) => Toys.Read(json).Errors.ShouldNotBeEmpty();

    [Fact]
    public void Components_nest_only_so_deep()
    {
        string json = "\"plain\"";
        for (int i = 0; i < 40; i++) json = $$"""{"type": "mixed", "inner": {{json}}}""";

        Toys.Read(json, "shade").Errors.ShouldHaveSingleItem().Code.ShouldBe("too_deep");
    }

    [Fact]
    public void Too_many_errors_are_cut_and_said_to_be()
    {
        string keys = string.Join(", ", Enumerable.Range(0, 5000).Select(i => $"\"k{i}\": {i}"));

        IReadOnlyList<SpecError> errors = Toys.Read($$"""{"type": "cube", "size": 1, {{keys}}}""").Errors;

        errors.Count.ShouldBe(101);
        errors[^1].Code.ShouldBe("too_many_errors");
    }

    [Fact]
    public void An_error_s_value_outlives_the_document_and_is_short()
    {
        IReadOnlyList<SpecError> errors = Toys.Read($$"""{"type": "cube", "size": [{{string.Join(',', Enumerable.Repeat("1", 500))}}]}""").Errors;

        errors.ShouldHaveSingleItem().Got.ShouldBeOfType<string>().Length.ShouldBe(101);
    }

    [Fact]
    public void What_was_given_can_be_told_from_what_was_filled_in()
    {
        Arguments own = Toys.Read("""{"type": "cube", "edge": 3, "shade": null}""").Value!.Arguments;
        Arguments keras = Toys.Read("""{"class_name": "Cube", "config": {"size": 3}}""").Value!.Arguments;

        (own.IsGiven("size"), own.IsGiven("shade"), own.IsGiven("finish")).ShouldBe((true, true, false));
        own.With("finish", "gloss").IsGiven("finish").ShouldBeTrue();
        keras.IsGiven("finish").ShouldBeTrue();
    }
}
