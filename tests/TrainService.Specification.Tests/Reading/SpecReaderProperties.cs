using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using TrainService.Specification.Reading;
using TrainService.Specification.Writing;

namespace TrainService.Specification.Tests.Reading;

/// <summary>Any JSON is either understood or refused with places; what is understood survives being written and read again.</summary>
public class SpecReaderProperties
{
    private static readonly string[] Keys =
    [
        "type", "class_name", "config", "block", "size", "edge", "weight", "hollow", "finish", "shade", "holes", "scale", "faces", "name", "labels", "weights",
        "limits", "threads", "seconds", "tags", "extra", "depth", "inner", "from", "to", "", "~/", "\ud83d\ude00",
    ];

    private static readonly string[] Words = ["cube", "box", "Cube", "span", "tinted", "plain", "mixed", "gloss", "matt", "function", "NaN", "Infinity", "", "\0", "x/y"];

    // Mostly legal names in likely places, so that the reader gets deep; raw texts so that numbers of any spelling occur.
    private static Gen<string> Json(int size)
    {
        Gen<string> word = Gen.Elements(Words).Select(w => JsonSerializer.Serialize(w));
        Gen<string> number = Gen.Elements("0", "1", "3", "-1", "0.5", "1e3", "2.0", "1e400", "-1e-400", "9223372036854775808", "1e39", "100", "12345678901234567890");
        Gen<string> scalar = Gen.OneOf(word, number, Gen.Elements("null", "true", "false", "\"\\ud800\""));
        if (size == 0) return scalar;
        Gen<string> inner = Json(size - 1);
        Gen<string> array = inner.ArrayOf().Resize(4).Select(items => $"[{string.Join(',', items)}]");
        Gen<string> pair = Gen.Elements(Keys).SelectMany(k => inner.Select(v => $"{JsonSerializer.Serialize(k)}:{v}"));
        Gen<string> typed = word.SelectMany(w => pair.ArrayOf().Resize(5).Select(p => $$"""{"type":{{w}}{{string.Concat(p.Select(x => "," + x))}}}"""));
        return Gen.OneOf(scalar, array, typed, typed, pair.ArrayOf().Resize(6).Select(p => $"{{{string.Join(',', p)}}}"));
    }

    [Fact]
    public void Any_json_is_read_or_refused() => Prop.ForAll(Json(4).ToArbitrary(), json =>
    {
        (Arguments members, IReadOnlyList<SpecError> errors) = json.StartsWith('{') ? Toys.ReadMembers(json) : (Arguments.None, []);
        (ComponentValue? value, IReadOnlyList<SpecError> componentErrors) = Toys.Read(json);
        JsonSerializer.Serialize(errors.Concat(componentErrors)).ShouldNotBeNull();
        (value is null).ShouldBe(componentErrors.Count > 0);
        errors.ShouldAllBe(e => e.Pointer == "" || e.Pointer.StartsWith('/'));
        members.ShouldNotBeNull();
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void What_is_written_back_reads_the_same()
    {
        // Half of the shades are legal, or too few cubes would be.
        Gen<string> shade = Gen.OneOf(Json(1), Gen.Elements("\"plain\"", "null", "{\"type\":\"tinted\",\"depth\":0.25}", "{\"type\":\"mixed\",\"inner\":\"plain\"}"));
        Gen<string> cube = Gen.Choose(1, 100).SelectMany(size => Json(1).SelectMany(a => shade.Select(b =>
            $$"""{"type":"cube","size":{{size}},"weight":{{(a.Length < 5 ? a : "1.25e-3")}},"shade":{{b}},"faces":["plain",{"type":"mixed","inner":"tinted"}]}""")));
        int understood = 0;
        Prop.ForAll(cube.ToArbitrary(), json =>
        {
            (ComponentValue? first, _) = Toys.Read(json);
            if (first is null) return;
            understood++;
            JsonObject written = SpecWriter.Write(first);
            (ComponentValue? second, IReadOnlyList<SpecError> errors) = Toys.Read(written.ToJsonString());
            errors.ShouldBeEmpty();
            JsonNode.DeepEquals(SpecWriter.Write(second!), written).ShouldBeTrue();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
        understood.ShouldBeGreaterThan(200);
    }

    [Fact]
    public void Errors_of_any_value_can_be_written_as_json() => Prop.ForAll(Json(3).ToArbitrary(), json =>
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonSerializer.Serialize(SpecErrors.Show(document.RootElement)).Length.ShouldBeLessThan(1000);
    }).QuickCheckThrowOnFailure();
}
