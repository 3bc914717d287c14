using System.Text.Json;
using TrainService.Data.Requests;
using TrainService.Jobs;
using TrainService.Jobs.Specs;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Running;

/// <summary>Rows that count differently, in whole runs: Keras's rules for the loss, for metrics, and for validation.</summary>
public class WeightedRunTests
{
    /// <summary>A rate of nothing: the weights stay, so that every figure can be worked out from one prediction.</summary>
    private const string Still = """
        "optimizer": {"type": "sgd", "learning_rate": 0}, "epochs": 1, "metrics": ["accuracy"], "weighted_metrics": ["accuracy", "sparse_categorical_crossentropy"]
        """;

    [Fact]
    public async Task The_loss_is_divided_by_rows_and_weighted_metrics_by_weights()
    {
        await using var harness = new RunHarness();
        PreparedData plain = Some.Blobs(), weighted = Weighted(plain);
        JsonElement one = await FiguresAsync(harness, plain, ""), two = await FiguresAsync(harness, weighted, "");

        // The first half of the rows weighs 3, the second 1: figures of the halves, from runs over each.
        JsonElement first = await FiguresAsync(harness, Half(plain, 0), ""), second = await FiguresAsync(harness, Half(plain, 1), "");
        (Of(first, "loss") + Of(second, "loss")).ShouldBe(2 * Of(one, "loss"), tolerance: 1e-5);
        Of(two, "loss").ShouldBe((3 * Of(first, "loss") + Of(second, "loss")) / 2, tolerance: 1e-5);
        Of(two, "accuracy").ShouldBe(Of(one, "accuracy"));
        Of(two, "weighted_accuracy").ShouldBe((3 * Of(first, "accuracy") + Of(second, "accuracy")) / 4, tolerance: 1e-9);
        Of(two, "sparse_categorical_crossentropy").ShouldBe((3 * Of(first, "loss") + Of(second, "loss")) / 4, tolerance: 1e-5);
        // Validation rows have weights of their own.
        Of(two, "val_loss").ShouldBe(2 * Of(one, "val_loss"), tolerance: 1e-5);
        Of(two, "val_weighted_accuracy").ShouldBe(Of(one, "val_accuracy"), tolerance: 1e-9);
    }

    [Fact]
    public async Task Class_weights_count_in_training_and_not_in_validation()
    {
        await using var harness = new RunHarness();
        JsonElement plain = await FiguresAsync(harness, Some.Blobs(), ""), weighted = await FiguresAsync(harness, Some.Blobs(), """ , "class_weight": {"0": 5, "class 1": 5, "2": 5} """);

        Of(weighted, "loss").ShouldBe(5 * Of(plain, "loss"), tolerance: 1e-4);
        Of(weighted, "weighted_accuracy").ShouldBe(Of(plain, "accuracy"), tolerance: 1e-9);
        Of(weighted, "val_loss").ShouldBe(Of(plain, "val_loss"));
    }

    private static double Of(JsonElement figures, string name) => figures.GetProperty(name).GetDouble();

    private static async Task<JsonElement> FiguresAsync(RunHarness harness, PreparedData data, string more)
    {
        JobSpec spec = Spec.Job($$"""{{{Still}} {{more}}}""");
        JobRecord job = await harness.SubmitAsync(spec);
        await harness.TrainAsync(job, spec, data);
        return (await harness.EventsAsync(job.Id, "epoch"))[0];
    }

    private static PreparedData Weighted(PreparedData data) => data with
    {
        Train = data.Train with { SampleWeights = Enumerable.Range(0, 120).Select(i => i < 60 ? 3f : 1f).ToArray() },
        Validation = data.Validation! with { SampleWeights = Enumerable.Repeat(2f, 30).ToArray() },
    };

    private static PreparedData Half(PreparedData data, int which) => data with { Train = Some.Part(data.Train, which * 60, 60), Described = Some.Described(train: 60) };
}
