using System.Text.Json;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs;
using TrainService.Training.Running;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Running;

/// <summary>Moving averages, gathered gradients and pruning in whole runs.</summary>
public class AveragedRunTests
{
    private const string All = """
        {"epochs": 6, "batch_size": 8, "optimizer": {"type": "adam", "learning_rate": 0.01, "use_ema": true, "ema_momentum": 0.9, "gradient_accumulation_steps": 4},
         "pruning": {"schedule": "polynomial", "final_sparsity": 0.5, "begin_step": 2, "end_step": 12, "frequency": 2},
         "callbacks": [{"type": "early_stopping", "patience": 20, "restore_best_weights": false}]}
        """;

    [Fact]
    public async Task Interrupted_and_taken_up_again_it_ends_in_the_same_bits()
    {
        await using var harness = new RunHarness();
        JobSpec spec = Spec.Job(All);
        JobRecord straight = await harness.SubmitAsync(spec), cut = await harness.SubmitAsync(spec);
        (await harness.TrainAsync(straight, spec, Some.Blobs())).Kind.ShouldBe(RunEndKind.Finished);

        using var shutdown = new CancellationTokenSource();
        RunEnd first = await harness.TrainAsync(cut, spec, Some.Blobs(), resumeInterval: TimeSpan.Zero,
            disturb: e => e.Type == "epoch" ? shutdown.CancelAsync() : Task.CompletedTask, shutdown: shutdown.Token);
        if (first.Kind == RunEndKind.ShutDown)
        {
            await harness.MoveAsync(cut.Id, JobAction.Requeue);
            (await harness.TrainAsync(cut, spec, Some.Blobs(), threads: 2)).Kind.ShouldBe(RunEndKind.Finished);
        }

        IReadOnlyDictionary<string, byte[]> a = await FinalAsync(harness, straight), b = await FinalAsync(harness, cut);
        foreach ((string name, byte[] bytes) in a) b[name].ShouldBe(bytes, name);
    }

    [Fact]
    public async Task The_last_checkpoint_is_the_average_and_its_figures_are_the_average_s()
    {
        await using var harness = new RunHarness();
        JobSpec spec = Spec.Job(All);
        JobRecord job = await harness.SubmitAsync(spec);
        await harness.TrainAsync(job, spec, Some.Blobs());

        IReadOnlyList<JsonElement> epochs = await harness.EventsAsync(job.Id, "epoch");
        epochs[^1].GetProperty("sparsity").GetDouble().ShouldBe(0.5);
        CheckpointRecord final = (await harness.SavedAsync(job.Id)).Single(c => c.Reason == "final");
        JsonElement measured = JsonDocument.Parse(final.MetricsJson).RootElement;
        measured.GetProperty("loss").GetDouble().ShouldBe(epochs[^1].GetProperty("loss").GetDouble());
        measured.GetProperty("val_loss").GetDouble().ShouldNotBe(epochs[^1].GetProperty("val_loss").GetDouble());
        (await harness.EventsAsync(job.Id, "log")).ShouldContain(e => e.GetProperty("message").GetString()!.StartsWith("The moving average"));
    }

    private static async Task<IReadOnlyDictionary<string, byte[]>> FinalAsync(RunHarness harness, JobRecord job)
        => await harness.TensorsAsync((await harness.SavedAsync(job.Id)).Single(c => c.Reason == "final"));
}
