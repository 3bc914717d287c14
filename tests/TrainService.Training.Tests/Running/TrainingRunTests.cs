using System.Text.Json;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs;
using TrainService.Training.Running;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Running;

public class TrainingRunTests
{
    private const string WithDropout = """
        {"epochs": 6, "model": {"type": "sequential", "layers": [{"type": "dense", "units": 8, "activation": "elu"}, "batch_normalization",
            {"type": "dropout", "rate": 0.3}, {"type": "dense", "units": 3, "activation": "softmax"}]}}
        """;

    /// <summary>
    /// Frozen and not, early stopping in the middle with its best weights put back, an optimizer that goes on and new ones, a schedule over two phases,
    /// another batch size.
    /// </summary>
    private const string WithPhases = """
        {"model": {"type": "sequential", "layers": [{"type": "dense", "units": 8, "activation": "elu", "name": "low"}, {"type": "batch_normalization", "name": "norm"},
            {"type": "dropout", "rate": 0.3}, {"type": "dense", "units": 3, "activation": "softmax", "name": "top"}]},
         "optimizer": {"type": "nadam", "learning_rate": 0.02}, "epochs": null, "schedule": {"type": "one_cycle", "max_learning_rate": 0.03}, "phases": [
           {"epochs": 2, "freeze": ["low..norm"]},
           {"epochs": 3, "unfreeze": ["norm"], "batch_size": 24, "callbacks": [{"type": "early_stopping", "monitor": "val_loss", "min_delta": 10, "patience": 1, "restore_best_weights": true}]},
           {"epochs": 3, "unfreeze": ["*"], "optimizer": {"type": "sgd", "learning_rate": 0.01, "momentum": 0.9}, "callbacks": [{"type": "reduce_lr_on_plateau", "patience": 1, "min_delta": 10}]},
           {"epochs": 2, "freeze": ["top"]}]}
        """;

    [Fact]
    public async Task Epochs_are_told_once_each_with_every_figure()
    {
        await using var harness = new RunHarness();
        JobSpec spec = Spec.Job();
        JobRecord job = await harness.SubmitAsync(spec);

        RunEnd end = await harness.TrainAsync(job, spec, Some.Blobs());

        end.Kind.ShouldBe(RunEndKind.Finished);
        IReadOnlyList<JsonElement> epochs = await harness.EventsAsync(job.Id, "epoch");
        epochs.Select(e => e.GetProperty("epoch").GetInt32()).ShouldBe([1, 2, 3]);
        epochs[2].EnumerateObject().Select(p => p.Name).ShouldBe(
            ["epoch", "loss", "val_loss", "learning_rate", "duration_seconds", "samples_per_second", "gradient_norm", "weight_norm"]);
        epochs[2].GetProperty("loss").GetDouble().ShouldBeLessThan(epochs[0].GetProperty("loss").GetDouble());
        JobRecord after = (await harness.Jobs.FindAsync(job.Id, default))!;
        (after.Progress!.Epoch, after.Progress.Fraction).ShouldBe((3, 1.0));
        after.LatestJson!.ShouldContain("val_loss");
    }

    [Fact]
    public async Task Norms_are_told_by_layer_when_asked_for_and_those_of_layers_make_up_the_whole()
    {
        await using var harness = new RunHarness();
        JobSpec spec = Spec.Job("""
            {"epochs": 2, "report": {"norms": "layers"}, "freeze": ["none*", "dense"], "optimizer": {"type": "sgd", "clipnorm": 0.01}, "model": {"type": "sequential", "layers": [
            {"type": "dense", "units": 8, "name": "none"}, {"type": "dense", "units": 8}, "batch_normalization", {"type": "dense", "units": 3, "activation": "softmax", "name": "top"}]}}
            """);
        JobRecord job = await harness.SubmitAsync(spec);

        await harness.TrainAsync(job, spec, Some.Blobs());

        JsonElement epoch = (await harness.EventsAsync(job.Id, "epoch"))[1];
        foreach (string what in (string[])["gradient_norm", "weight_norm"])
        {
            double[] layers = [.. epoch.EnumerateObject().Where(p => p.Name.StartsWith(what + "/", StringComparison.Ordinal)).Select(p => p.Value.GetDouble())];
            epoch.EnumerateObject().Where(p => p.Name.StartsWith(what + "/", StringComparison.Ordinal)).Select(p => p.Name).ShouldBe([$"{what}/batch_normalization", $"{what}/top"]);
            layers.ShouldAllBe(n => n > 0);
            Math.Sqrt(layers.Sum(n => n * n)).ShouldBe(epoch.GetProperty(what).GetDouble(), tolerance: 1e-9);
        }
    }

    [Fact]
    public async Task Checkpoints_are_kept_as_the_job_says_and_the_best_is_told()
    {
        await using var harness = new RunHarness();
        JobSpec spec = Spec.Job("""{"epochs": 5, "checkpoint": {"keep_last": 2, "keep_best": 1}}""");
        JobRecord job = await harness.SubmitAsync(spec);

        await harness.TrainAsync(job, spec, Some.Blobs());

        IReadOnlyList<CheckpointRecord> saved = await harness.SavedAsync(job.Id);
        saved.Select(c => c.Epoch).OrderDescending().Take(2).ShouldBe([5, 4]);
        saved.MaxBy(c => c.Epoch)!.Reason.ShouldBe("final");
        (await harness.EventsAsync(job.Id, "checkpoint")).Count.ShouldBe(5);
        using JsonDocument best = JsonDocument.Parse((await harness.Jobs.FindAsync(job.Id, default))!.BestJson!);
        string id = best.RootElement.GetProperty("checkpoint").GetString()!;
        CheckpointRecord lowest = saved.MinBy(c => JsonDocument.Parse(c.MetricsJson).RootElement.GetProperty("val_loss").GetDouble())!;
        id.ShouldBe(lowest.Id);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(1, 1)]
    public async Task The_same_seed_gives_the_same_bits_with_any_number_of_threads(int threads, int others)
    {
        await using var harness = new RunHarness();
        JobSpec spec = Spec.Job(WithDropout);
        JobRecord first = await harness.SubmitAsync(spec), second = await harness.SubmitAsync(spec);

        await harness.TrainAsync(first, spec, Some.Blobs(), threads);
        await harness.TrainAsync(second, spec, Some.Blobs(), others);

        await harness.ShouldEndAlikeAsync(first, second);
    }

    [Theory]
    [InlineData(WithDropout)]
    [InlineData(WithPhases)]
    public async Task A_run_that_is_shut_down_again_and_again_ends_in_the_same_bits(string job)
    {
        await using var harness = new RunHarness();
        JobSpec spec = Spec.Job(job);
        JobRecord whole = await harness.SubmitAsync(spec), broken = await harness.SubmitAsync(spec);
        await harness.TrainAsync(whole, spec, Some.Blobs());

        RunEnd end;
        int runs = 0;
        do
        {
            using var shutdown = new CancellationTokenSource();
            long seen = 0;
            int stopAt = ++runs;
            end = await harness.TrainAsync(broken, spec, SlowRows.In(Some.Blobs()), threads: 1 + (runs % 2), TimeSpan.FromMilliseconds(20),
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

    [Theory]
    [InlineData(WithDropout, 3)]
    [InlineData(WithPhases, 1)]
    [InlineData(WithPhases, 2)]
    [InlineData(WithPhases, 3)]
    [InlineData(WithPhases, 5)]
    [InlineData(WithPhases, 7)]
    public async Task A_run_that_dies_without_a_word_is_taken_up_from_its_last_resume_point_with_no_event_lost_or_doubled(string job, int epoch)
    {
        await using var harness = new RunHarness();
        JobSpec spec = Spec.Job(job);
        JobRecord whole = await harness.SubmitAsync(spec), broken = await harness.SubmitAsync(spec);
        await harness.TrainAsync(whole, spec, Some.Blobs());

        // Fenced in the middle: from then on nothing of the first run is stored, as after a kill.
        RunEnd first = await harness.TrainAsync(broken, spec, SlowRows.In(Some.Blobs()), resumeInterval: TimeSpan.FromMilliseconds(5), disturb: async e =>
        {
            if (e.Type == "epoch" && e.DataJson.Contains($"\"epoch\":{epoch},", StringComparison.Ordinal))
                await harness.MoveAsync(broken.Id, JobAction.Requeue);
        });
        first.Kind.ShouldBe(RunEndKind.Lost);
        (await harness.TrainAsync(broken, spec, Some.Blobs())).Kind.ShouldBe(RunEndKind.Finished);

        await harness.ShouldEndAlikeAsync(whole, broken);
    }

    [Fact]
    public async Task A_stop_saves_the_weights_and_a_pause_the_state()
    {
        await using var harness = new RunHarness();
        JobSpec spec = Spec.Job("""{"epochs": 500}""");
        JobRecord stopped = await harness.SubmitAsync(spec), paused = await harness.SubmitAsync(spec);

        RunEnd stop = await harness.TrainAsync(stopped, spec, SlowRows.In(Some.Blobs()), disturb: Once(stopped, JobAction.RequestStop, harness));
        RunEnd pause = await harness.TrainAsync(paused, spec, SlowRows.In(Some.Blobs()), disturb: Once(paused, JobAction.RequestPause, harness));

        stop.Kind.ShouldBe(RunEndKind.Stopped);
        (await harness.SavedAsync(stopped.Id)).MaxBy(c => c.Step)!.Reason.ShouldBe("final");
        pause.Kind.ShouldBe(RunEndKind.Paused);
        await using Stream? saved = await harness.Checkpoints.OpenResumePointAsync(paused.Id, default);
        ResumePoint.Read(saved!, "spec")!.Value.State.Iterations.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_job_beyond_its_time_is_stopped_with_its_weights()
    {
        await using var harness = new RunHarness();
        JobSpec spec = Spec.Job("""{"epochs": 10000, "limits": {"max_runtime_seconds": 0.05}}""");
        JobRecord job = await harness.SubmitAsync(spec);

        RunEnd end = await harness.TrainAsync(job, spec, SlowRows.In(Some.Blobs()));

        end.Kind.ShouldBe(RunEndKind.Stopped);
        end.Reason!.ShouldContain("0.05 seconds");
        (await harness.SavedAsync(job.Id)).MaxBy(c => c.Step)!.Reason.ShouldBe("final");
    }

    [Fact]
    public async Task A_loss_that_explodes_names_epoch_and_batch_and_leaves_what_was_saved()
    {
        await using var harness = new RunHarness();
        JobSpec spec = Spec.Job("""
            {"optimizer": {"type": "sgd", "learning_rate": 1000000}, "loss": "mse", "epochs": 50,
             "model": {"type": "sequential", "layers": [{"type": "dense", "units": 8, "activation": "linear"}, {"type": "dense", "units": 1}]}}
            """);
        JobRecord job = await harness.SubmitAsync(spec);

        TrainingFailedException failure = await Should.ThrowAsync<TrainingFailedException>(() => harness.TrainAsync(job, spec, Some.Blobs()));

        failure.Message.ShouldContain("epoch 1, batch ");
        (await harness.EventsAsync(job.Id, "epoch")).ShouldBeEmpty();
    }

    private static Func<JobEvent, Task> Once(JobRecord job, JobAction action, RunHarness harness)
    {
        int done = 0;
        return async e =>
        {
            if (e.Type != "epoch" || Interlocked.Exchange(ref done, 1) == 1) return;
            await harness.Jobs.MoveAsync(new JobMove(job.Id, action), default);
            harness.Doorbell.Ring(job.Id);
        };
    }
}
