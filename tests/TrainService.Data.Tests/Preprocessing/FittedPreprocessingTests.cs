using System.Text.Json;
using TrainService.Data.Preprocessing;
using TrainService.Data.Requests;
using TrainService.Specification;

namespace TrainService.Data.Tests.Preprocessing;

public class FittedPreprocessingTests
{
    private static readonly FittedPreprocessing Cars = new()
    {
        InputShape = [4],
        Columns = [new("weight", null, null), new("colour", ["blue", "green"], null), new("doors", null, 3)],
        Steps = [new("standardize", [1000, 0, 0, 3], [0.01f, 1, 1, 1], [0])],
    };

    [Fact]
    public async Task A_checkpoint_turns_raw_values_into_the_rows_that_were_trained_on()
    {
        using var library = new TestLibrary();
        (await library.ImportCsvAsync("cars", "weight,colour,price\n1000,red,9.5\n1500,blue,20\n1200,red,12\n")).Ok.ShouldBeTrue();
        PreparedData data = await library.PrepareAsync("""{"name":"cars","preprocess":["standardize"]}""");
        FittedPreprocessing travelled = FittedPreprocessing.FromJson(data.Preprocessing.ToJson());
        float[] features = Features(travelled, """{"colour":"blue","weight":1500}""");
        features.ShouldBe(data.Train.Inputs.Row(1));
        Features(travelled, """["1500","blue"]""").ShouldBe(features);
    }

    [Fact]
    public async Task Pictures_are_read_nested_or_flat()
    {
        using var library = new TestLibrary();
        PreparedData data = await library.PrepareAsync("""{"name":"synthetic-fashion","preprocess":["standardize"],"limit":10}""");
        float[] raw = new float[784];
        (await library.OpenAsync("synthetic-fashion")).Test!.Inputs.CopyRow(5, raw);
        string flat = JsonSerializer.Serialize(raw), nested = JsonSerializer.Serialize(raw.Chunk(28));
        Features(data.Preprocessing, nested).ShouldBe(data.Test!.Inputs.Row(5));
        Features(data.Preprocessing, flat).ShouldBe(data.Test!.Inputs.Row(5));
    }

    [Theory]
    [InlineData("""{"weight":1100,"colour":"green"}""", new float[] { 1, 0, 1, 0 })]
    [InlineData("""{"weight":1100,"colour":"green","doors":null}""", new float[] { 1, 0, 1, 0 })]
    [InlineData("""[1100,"blue",5]""", new float[] { 1, 1, 0, 2 })]
    public void Named_values_may_leave_out_what_has_a_substitute(string json, float[] expected) => Features(Cars, json).ShouldBe(expected);

    [Theory]
    [InlineData("""{"weight":1,"colour":"blu"}""", "/inputs/0/colour", "unknown_name", "blue")]
    [InlineData("""{"weight":"heavy","colour":"blue"}""", "/inputs/0/weight", "wrong_type", null)]
    [InlineData("""{"weight":1e99,"colour":"blue"}""", "/inputs/0/weight", "wrong_type", null)]
    [InlineData("""{"weight":null,"colour":"blue"}""", "/inputs/0/weight", "required", null)]
    [InlineData("""{"colour":"blue"}""", "/inputs/0/weight", "required", null)]
    [InlineData("""{"weight":1,"colour":"blue","wieght":2}""", "/inputs/0/wieght", "unknown_key", "weight")]
    [InlineData("""{"weight":1,"colour":"\ud800"}""", "/inputs/0/colour", "unknown_name", null)]
    [InlineData("""{"weight":1,"colour":"blue","\ud800":1}""", "/inputs/0", "unknown_key", null)]
    [InlineData("""[1,"blue"]""", "/inputs/0", "impossible_shape", null)]
    [InlineData("3", "/inputs/0", "impossible_shape", null)]
    public void Bad_values_say_where_and_what(string json, string pointer, string code, string? nearest)
    {
        List<SpecError> errors = [];
        Cars.TryRead(JsonSerializer.Deserialize<JsonElement>(json), new float[3], "/inputs/0", errors).ShouldBeFalse();
        errors.ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.Pointer.ShouldBe(pointer), e => e.Code.ShouldBe(code),
            e => e.DidYouMean.ShouldBe(nearest));
    }

    [Theory]
    [InlineData("[[1,2],[3]]", "/inputs/0/1", "impossible_shape")]
    [InlineData("[[1,2],[3,\"4\"]]", "/inputs/0/1/1", "wrong_type")]
    [InlineData("[[1,2],[3,1e99]]", "/inputs/0/1/1", "out_of_range")]
    [InlineData("[1,2,3]", "/inputs/0", "impossible_shape")]
    [InlineData("{}", "/inputs/0", "impossible_shape")]
    public void Arrays_of_another_shape_say_where(string json, string pointer, string code)
    {
        List<SpecError> errors = [];
        var preprocessing = new FittedPreprocessing { InputShape = [2, 2] };
        preprocessing.TryRead(JsonSerializer.Deserialize<JsonElement>(json), new float[4], "/inputs/0", errors).ShouldBeFalse();
        errors.ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.Pointer.ShouldBe(pointer), e => e.Code.ShouldBe(code));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"input_shape":[0]}""")]
    [InlineData("""{"input_shape":[3],"columns":[{"name":"a"}]}""")]
    [InlineData("""{"input_shape":[2],"steps":[{"type":"x","subtract":[1,2,3],"multiply":[1],"add":[0]}]}""")]
    public void State_that_does_not_fit_together_is_refused(string json) => Should.Throw<FormatException>(() => FittedPreprocessing.FromJson(json));

    [Fact]
    public void Lengths_are_checked()
    {
        Should.Throw<ArgumentException>(() => Cars.Apply(new float[2], new float[4]));
        Should.Throw<ArgumentException>(() => Cars.Apply(new float[3], new float[5]));
    }

    private static float[] Features(FittedPreprocessing preprocessing, string json)
    {
        float[] raw = new float[preprocessing.RawLength], features = new float[preprocessing.FeatureLength];
        List<SpecError> errors = [];
        preprocessing.TryRead(JsonSerializer.Deserialize<JsonElement>(json), raw, "/inputs/0", errors).ShouldBeTrue();
        errors.ShouldBeEmpty();
        preprocessing.Apply(raw, features);
        return features;
    }
}
