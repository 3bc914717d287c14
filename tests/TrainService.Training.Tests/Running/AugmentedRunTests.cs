using System.Text.Json;
using TrainService.Data.Augmentation;
using TrainService.Data.Requests;
using TrainService.Jobs;
using TrainService.Jobs.Specs;
using TrainService.Training.Running;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Running;

public class AugmentedRunTests
{
    /// <summary>Batches of two sizes, frozen layers whose values must not be kept, another optimizer.</summary>
    private const string WithPhases = """
        {"loss": "categorical_crossentropy", "metrics": ["accuracy"], "class_weight": {"0": 2, "1": 0.5}, "epochs": null,
         "model": {"type": "sequential", "layers": [{"type": "flatten", "input_shape": [6, 6]}, {"type": "dense", "units": 8, "activation": "elu", "name": "low"}, "batch_normalization",
            {"type": "dropout", "rate": 0.3}, {"type": "dense", "units": 3, "activation": "softmax", "name": "top"}]},
         "phases": [{"epochs": 2, "freeze": ["low"]}, {"epochs": 2, "unfreeze": ["low"], "batch_size": 24, "optimizer": {"type": "sgd", "learning_rate": 0.01}}]}
        """;

    private static readonly AugmentationSettings Changes = new()
    {
        Rotation = 30, WidthShift = ShiftRange.Whole(3), Zoom = (0.8, 1.2), HorizontalFlip = true, Brightness = (0.5, 1.5), Cutout = new(2, 1, 0), MixupAlpha = 0.4,
    };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(1, 3)]
    public async Task The_same_seed_gives_the_same_bits_with_any_number_of_threads(int threads, int others)
    {
        await using var harness = new RunHarness();
        JobSpec spec = Spec.Job(WithPhases);
        JobRecord first = await harness.SubmitAsync(spec), second = await harness.SubmitAsync(spec);

        await harness.TrainAsync(first, spec, Data(), threads);
        await harness.TrainAsync(second, spec, Data(), others);

        await harness.ShouldEndAlikeAsync(first, second);
    }

    [Fact]
    public async Task A_run_that_is_shut_down_again_and_again_sees_the_same_pictures_and_ends_in_the_same_bits()
    {
        await using var harness = new RunHarness();
        JobSpec spec = Spec.Job(WithPhases);
        JobRecord whole = await harness.SubmitAsync(spec), broken = await harness.SubmitAsync(spec);
        await harness.TrainAsync(whole, spec, Data());

        RunEnd end;
        int runs = 0;
        do
        {
            using var shutdown = new CancellationTokenSource();
            long seen = 0;
            int stopAt = ++runs;
            end = await harness.TrainAsync(broken, spec, Data(slow: true), threads: 1 + (runs % 2), TimeSpan.FromMilliseconds(20),
                async e =>
                {
                    if (e.Type == "epoch" && Interlocked.Increment(ref seen) == stopAt) await shutdown.CancelAsync();
                }, shutdown: shutdown.Token);
            if (end.Kind == RunEndKind.ShutDown) await harness.MoveAsync(broken.Id, JobAction.Requeue);
        }
        while (end.Kind == RunEndKind.ShutDown && runs < 20);

        end.Kind.ShouldBe(RunEndKind.Finished);
        runs.ShouldBeGreaterThan(1);
        await harness.ShouldEndAlikeAsync(whole, broken);
    }

    [Fact]
    public async Task Epochs_tell_how_long_rows_were_waited_for()
    {
        await using var harness = new RunHarness();
        JobSpec spec = Spec.Job(WithPhases);
        JobRecord job = await harness.SubmitAsync(spec);
        await harness.TrainAsync(job, spec, Data());
        foreach (JsonElement epoch in await harness.EventsAsync(job.Id, "epoch")) epoch.GetProperty("data_wait").GetDouble().ShouldBeInRange(0, 1.5);
    }

    [Fact]
    public async Task Each_epoch_learns_from_other_pictures()
    {
        // Nothing learns: what a loss depends on is the rows alone. The rows that are validated stay the same.
        const string Still = """
            {"loss": "categorical_crossentropy", "epochs": 3, "optimizer": {"type": "sgd", "learning_rate": 1e-30},
             "model": {"type": "sequential", "layers": [{"type": "flatten", "input_shape": [6, 6]}, {"type": "dense", "units": 3, "activation": "softmax"}]}}
            """;
        await using var harness = new RunHarness();
        JobSpec spec = Spec.Job(Still);
        JobRecord job = await harness.SubmitAsync(spec);
        await harness.TrainAsync(job, spec, Data());
        IReadOnlyList<JsonElement> epochs = await harness.EventsAsync(job.Id, "epoch");
        epochs.Select(e => e.GetProperty("loss").GetDouble()).Distinct().Count().ShouldBe(3);
        epochs.Select(e => e.GetProperty("val_loss").GetDouble()).Distinct().Count().ShouldBe(1);
    }

    private static PreparedData Data(bool slow = false)
    {
        PreparedData plain = Some.PictureData(60);
        return plain with { Augmented = Some.Changed(Changes, 60, slow ? new SlowRows(plain.Train.Inputs) : plain.Train.Inputs) };
    }
}
