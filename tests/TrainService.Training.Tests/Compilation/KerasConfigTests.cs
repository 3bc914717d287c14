using System.Text.Json;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Compilation;

namespace TrainService.Training.Tests.Compilation;

/// <summary>
/// What Keras 3's get_config() writes for everything that we have, each argument among it, and what Keras 2 wrote otherwise (<c>keras_configs.json</c>): all of it is read.
/// </summary>
public class KerasConfigTests
{
    [Fact]
    public void Everything_that_Keras_writes_is_read()
    {
        using JsonDocument configs = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Compilation", "keras_configs.json")));
        configs.RootElement.GetArrayLength().ShouldBeGreaterThan(300);
        foreach (JsonElement entry in configs.RootElement.EnumerateArray())
        {
            JsonProperty config = entry.EnumerateObject().Single();
            Read(config.Value.GetRawText(), config.Name).Errors.ShouldBeEmpty(config.Value.GetRawText());
        }
    }

    [Theory]
    [InlineData("optimizer", "Custom>Adam", true)]
    [InlineData("optimizer", "Keras>Adam", true)]
    [InlineData("schedule", "Keras>CosineDecayRestarts", false)]
    [InlineData("layer", "Custom>Dense", false)]
    public void The_package_that_Keras_registers_its_classes_in_is_passed_over(string category, string className, bool whole)
    {
        IReadOnlyList<SpecError> errors = Read($$$"""{"class_name": "{{{className}}}", "config": {} }""", category).Errors;
        if (whole) errors.ShouldBeEmpty();
        // A schedule says what else it needs; what users registered themselves stays unknown.
        else errors.ShouldContain(e => e.Code == (className.StartsWith("Custom", StringComparison.Ordinal) ? "unknown_name" : "required"));
    }

    [Theory]
    [InlineData("loss", """{"class_name": "MeanSquaredError", "config": {"reduction": "sum"} }""", "/x/config/reduction")]
    [InlineData("loss", """{"class_name": "CategoricalCrossentropy", "config": {"axis": 1} }""", "/x/config/axis")]
    [InlineData("metric", """{"class_name": "R2Score", "config": {"class_aggregation": "variance_weighted_average"} }""", "/x/config/class_aggregation")]
    public void What_is_computed_in_one_way_only_is_said(string category, string json, string pointer)
    {
        SpecError error = Read(json, category).Errors.ShouldHaveSingleItem();
        (error.Pointer, error.Code).ShouldBe((pointer, "unsupported"));
        error.Detail.ShouldContain("can only be");
    }

    [Theory]
    [InlineData("\"mean_absolute_error\"", "mean_absolute_error")]
    [InlineData("\"mae\"", null)]
    [InlineData("\"acc\"", "acc")]
    [InlineData("\"AUC\"", "auc")]
    [InlineData("\"MSE\"", "MSE")]
    [InlineData("\"R2Score\"", "r2_score")]
    [InlineData("\"SparseTopKCategoricalAccuracy\"", "sparse_top_k_categorical_accuracy")]
    [InlineData("""{"class_name": "Precision", "config": {"name": "at_3", "thresholds": [0.3], "top_k": null} }""", "at_3")]
    public void A_metric_keeps_the_name_that_it_was_asked_for_by(string json, string? name) => Read(json, "metric").Value!.Arguments.OptionalText("name").ShouldBe(name);

    private static (ComponentValue? Value, IReadOnlyList<SpecError> Errors) Read(string json, string category)
    {
        var errors = new SpecErrors();
        using JsonDocument document = JsonDocument.Parse(json);
        return (new SpecReader(JobVocabulary.All, errors).ReadComponent(document.RootElement, category, "/x"), errors.All);
    }
}
