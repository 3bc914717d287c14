using System.Text.Json;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Training.Inference;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests;

/// <summary>Jobs from their JSON to their end, with everything real but HTTP and the scheduler.</summary>
public class RunnerTests
{
    private const string Long = """{"epochs": 2000, "checkpoint": {"every_epochs": null}}""";

    [Fact]
    public async Task A_job_learns_and_its_checkpoint_answers()
    {
        await using var service = new ServiceHarness();

        JobRecord job = await service.RunAsync("""{"epochs": 60, "dataset": {"name": "blobs", "validation_split": 0.2, "limit": 300}}""");

        job.Status.ShouldBe(JobStatus.Succeeded, job.Reason);
        JsonElement[] epochs = await service.EventsAsync(job.Id, "epoch");
        epochs.Length.ShouldBe(60);
        epochs[^1].GetProperty("val_accuracy").GetDouble().ShouldBeGreaterThan(0.9);
        CheckpointRecord last = await service.LastAsync(job.Id);
        Prediction predicted = (await service.Prediction.PredictAsync(last.Id, Body("""{"inputs": [[-4, -2], [0, 4], [4, -2]], "top_k": 1}"""), default)).Value!;
        predicted.Classes!.Select(c => c[0].Name).ShouldBe(["left", "top", "right"]);
        (await service.Checkpoints.OpenResumePointAsync(job.Id, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_graph_with_a_residual_connection_trains_and_its_checkpoint_answers()
    {
        await using var service = new ServiceHarness();

        JobRecord job = await service.RunAsync("""
            {"epochs": 60, "dataset": {"name": "blobs", "validation_split": 0.2, "limit": 300}, "model": {"type": "functional", "outputs": ["out"], "layers": [
              {"type": "dense", "units": 3, "name": "out", "activation": "softmax", "inputs": ["sum"]}, {"type": "input", "name": "in", "shape": [2]},
              {"type": "dense", "units": 8, "name": "a", "activation": "elu", "inputs": ["in"]}, {"type": "dense", "units": 8, "name": "b", "inputs": ["a"]},
              {"type": "add", "name": "sum", "inputs": ["a", "b"]}]}}
            """);

        job.Status.ShouldBe(JobStatus.Succeeded, job.Reason);
        (await service.EventsAsync(job.Id, "epoch"))[^1].GetProperty("val_accuracy").GetDouble().ShouldBeGreaterThan(0.9);
        CheckpointRecord last = await service.LastAsync(job.Id);
        Prediction predicted = (await service.Prediction.PredictAsync(last.Id, Body("""{"inputs": [[-4, -2], [0, 4], [4, -2]], "top_k": 1}"""), default)).Value!;
        predicted.Classes!.Select(c => c[0].Name).ShouldBe(["left", "top", "right"]);
    }

    // Three numbers for three classes, which a classifier would take for their scores.
    [Fact]
    public async Task Embeddings_are_learned_and_measured_and_not_taken_for_scores_of_classes()
    {
        await using var service = new ServiceHarness();

        JobRecord job = await service.RunAsync("""
            {"epochs": 30, "loss": {"type": "triplet", "margin": 0.5}, "metrics": [], "dataset": {"name": "blobs", "validation_split": 0.2, "limit": 300}, "model":
            {"type": "sequential", "layers": [{"type": "dense", "units": 16, "activation": "relu"}, {"type": "dense", "units": 3}]}}
            """);

        job.Status.ShouldBe(JobStatus.Succeeded, job.Reason);
        JsonElement[] epochs = await service.EventsAsync(job.Id, "epoch");
        epochs[^1].GetProperty("val_loss").GetDouble().ShouldBeInRange(0, 0.25);
        CheckpointRecord last = await service.LastAsync(job.Id);
        Evaluation own = (await service.Evaluation.EvaluateAsync(last.Id, Body("{}"), default)).Value!;
        own.Metrics.Keys.ShouldBe(["loss"]);
        own.Confusion.ShouldBeNull();
        (await service.Prediction.PredictAsync(last.Id, Body("""{"inputs": [[-4, -2]]}"""), default)).Value!.Classes.ShouldBeNull();
    }

    [Fact]
    public async Task Evaluating_a_checkpoint_on_its_own_data_gives_what_validation_gave()
    {
        await using var service = new ServiceHarness();
        JobRecord job = await service.RunAsync("""
            {"dataset": {"name": "moons", "preprocess": ["standardize"]}, "metrics": [], "epochs": 30, "model":
            {"type": "sequential", "layers": [{"type": "dense", "units": 16, "activation": "relu"}, {"type": "dense", "units": 2, "activation": "softmax"}]}}
            """);
        CheckpointRecord last = await service.LastAsync(job.Id);

        Evaluation own = (await service.Evaluation.EvaluateAsync(last.Id, Body("{}"), default)).Value!;
        Evaluation named = (await service.Evaluation.EvaluateAsync(last.Id, Body("""{"dataset": "moons", "part": "train"}"""), default)).Value!;

        own.Dataset.ShouldBe("moons");
        own.Metrics["accuracy"].ShouldBeGreaterThan(0.8);
        long[] counts = [.. own.Confusion!.Matrix.SelectMany(row => row)];
        counts.Sum().ShouldBe(own.Rows);
        ((counts[0] + counts[3]) / (double)own.Rows).ShouldBe(own.Metrics["accuracy"], tolerance: 1e-9);
        own.Confusion.PerClass.Sum(c => c.Support).ShouldBe(own.Rows);
        named.Part.ShouldBe("train");
    }

    [Fact]
    public async Task Evaluating_on_other_data_takes_what_was_fitted_before_and_refuses_what_does_not_fit()
    {
        await using var service = new ServiceHarness();
        JobRecord job = await service.RunAsync();
        string id = (await service.LastAsync(job.Id)).Id;

        ServiceHarness.Places((await service.Evaluation.EvaluateAsync(id, Body("""{"dataset": "nothing"}"""), default)).Errors).ShouldBe([("/dataset/name", "not_found")]);
        ServiceHarness.Places((await service.Evaluation.EvaluateAsync(id, Body("""{"dataset": {"name": "sine"}}"""), default)).Errors).ShouldBe([("/dataset/name", "impossible_shape")]);
        ServiceHarness.Places((await service.Evaluation.EvaluateAsync(id, Body("""{"dataset": {"nam": 1}, "part": "tset"}"""), default)).Errors)
            .ShouldBe([("/part", "unknown_name"), ("/dataset/nam", "unknown_key"), ("/dataset/name", "required")]);
        (await service.Evaluation.EvaluateAsync("ckpt_9", Body("{}"), default)).NotFound.ShouldBeTrue();
    }

    [Fact]
    public async Task A_pause_and_a_shutdown_in_between_change_no_bit()
    {
        await using var service = new ServiceHarness();
        const string changes = """
            {"epochs": 150, "limits": {"threads": 1}, "callbacks": [{"type": "reduce_lr_on_plateau", "patience": 5},
            {"type": "early_stopping", "patience": 140, "restore_best_weights": true}]}
            """;
        JobRecord whole = await service.RunAsync(changes), broken = await service.SubmitAsync(changes);

        Task first = service.Runner.RunAsync(broken.Id, default);
        await service.EpochsAsync(broken.Id, 2);
        await service.MoveAsync(broken.Id, JobAction.RequestPause);
        await first;
        if ((await service.FindAsync(broken.Id)).Status == JobStatus.Paused) await service.MoveAsync(broken.Id, JobAction.Resume);
        using var shutdown = new CancellationTokenSource();
        Task second = service.Runner.RunAsync(broken.Id, shutdown.Token);
        await service.EpochsAsync(broken.Id, 8);
        await shutdown.CancelAsync();
        try
        {
            await second;
        }
        catch (OperationCanceledException)
        {
            (await service.FindAsync(broken.Id)).Status.ShouldBe(JobStatus.Queued);
        }
        await service.Runner.RunAsync(broken.Id, default);

        JobRecord ended = await service.FindAsync(broken.Id);
        ended.Status.ShouldBe(JobStatus.Succeeded, ended.Reason);
        (await Figures(service, broken)).ShouldBe(await Figures(service, whole));
        (await service.LastAsync(broken.Id)).Sha256.ShouldBe((await service.LastAsync(whole.Id)).Sha256);
    }

    [Fact]
    public async Task A_cancelled_job_ends_at_once_and_writes_nothing_more()
    {
        await using var service = new ServiceHarness();
        JobRecord job = await service.SubmitAsync(Long);
        Task run = service.Runner.RunAsync(job.Id, default);
        await service.EpochsAsync(job.Id, 1);

        await service.MoveAsync(job.Id, JobAction.Cancel);
        await run;

        JobRecord after = await service.FindAsync(job.Id);
        after.Status.ShouldBe(JobStatus.Cancelled);
        (await service.Jobs.EventsAsync(job.Id, after.LastSeq - 1, 10, default)).ShouldHaveSingleItem().Type.ShouldBe("status");
        (await service.Checkpoints.ListAsync(job.Id, null, 10, default)).Checkpoints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stopped_job_keeps_its_weights()
    {
        await using var service = new ServiceHarness();
        JobRecord job = await service.SubmitAsync(Long);
        Task run = service.Runner.RunAsync(job.Id, default);
        await service.EpochsAsync(job.Id, 1);

        await service.MoveAsync(job.Id, JobAction.RequestStop);
        await run;

        (await service.FindAsync(job.Id)).Status.ShouldBe(JobStatus.Stopped);
        (await service.LastAsync(job.Id)).Reason.ShouldBe("final");
    }

    [Fact]
    public async Task A_loss_that_explodes_fails_the_job_for_its_user_with_epoch_and_batch()
    {
        await using var service = new ServiceHarness();

        JobRecord job = await service.RunAsync("""
            {"optimizer": {"type": "sgd", "learning_rate": 1e6}, "dataset": {"name": "sine"}, "loss": "mse", "metrics": [],
            "model": {"type": "sequential", "layers": [{"type": "dense", "units": 8, "activation": "linear"}, {"type": "dense", "units": 1}]}}
            """);

        job.Status.ShouldBe(JobStatus.Failed);
        job.Error!.Class.ShouldBe(ErrorClass.User);
        job.Reason!.ShouldContain("epoch 1, batch");
    }

    [Fact]
    public async Task The_weights_before_the_loss_exploded_are_kept()
    {
        await using var service = new ServiceHarness();

        // The first step makes every weight huge but finite; what four such layers then put out is not.
        JobRecord job = await service.RunAsync("""
            {"optimizer": {"type": "sgd", "learning_rate": 1e12}, "metrics": [], "model": {"type": "sequential", "layers": [{"type": "dense", "units": 8}, {"type": "dense", "units": 8},
            {"type": "dense", "units": 8}, {"type": "dense", "units": 3, "activation": "softmax"}]}}
            """);

        job.Status.ShouldBe(JobStatus.Failed);
        job.Reason!.ShouldEndWith("are kept as a checkpoint.");
        (await service.LastGoodIsFiniteAsync(job)).Step.ShouldBe(1);
    }

    [Fact]
    public async Task Where_the_weights_had_gone_bad_themselves_those_of_the_newest_saved_state_are_kept()
    {
        await using var service = new ServiceHarness();

        // At the boundary one update leaves infinite weights behind, which the loss before it knew nothing of.
        JobRecord job = await service.RunAsync("""
            {"optimizer": {"type": "sgd", "learning_rate": 1e-5}, "schedule": {"type": "piecewise_constant", "boundaries": [3000], "values": [1e-5, 3e38]},
            "class_weight": {"0": 1000, "1": 1000, "2": 1000}, "epochs": 2000, "metrics": [], "checkpoint": {"every_epochs": null}}
            """);

        job.Status.ShouldBe(JobStatus.Failed);
        job.Reason!.ShouldContain("The weights had gone bad before; those after");
        (await service.LastGoodIsFiniteAsync(job)).Step.ShouldBeInRange(1, 3001);
    }

    [Fact]
    public async Task Weights_that_have_gone_bad_when_they_are_to_be_saved_give_way_to_the_newest_that_were()
    {
        await using var service = new ServiceHarness();

        // The last step of epoch 201 leaves infinite weights behind: it is the saving that finds them.
        JobRecord job = await service.RunAsync("""
            {"optimizer": {"type": "sgd", "learning_rate": 1e-5}, "schedule": {"type": "piecewise_constant", "boundaries": [3013], "values": [1e-5, 3e38]},
            "class_weight": {"0": 1000, "1": 1000, "2": 1000}, "epochs": 2000, "metrics": [], "checkpoint": {"every_epochs": 201}}
            """);

        job.Status.ShouldBe(JobStatus.Failed);
        job.Reason!.ShouldContain("holds numbers that are not finite after epoch 201");
        job.Reason!.ShouldContain("The weights had gone bad before; those after");
        CheckpointRecord kept = await service.LastAsync(job.Id);
        kept.Reason.ShouldBe("last_good");
        kept.Step.ShouldBeInRange(1, 3014);
    }

    [Fact]
    public async Task Early_stopping_ends_a_job_and_puts_the_best_weights_back()
    {
        await using var service = new ServiceHarness();

        JobRecord job = await service.RunAsync("""
            {"epochs": 500, "optimizer": {"type": "adam", "learning_rate": 0.2},
            "callbacks": [{"type": "early_stopping", "monitor": "val_loss", "patience": 3, "restore_best_weights": true}]}
            """);

        job.Status.ShouldBe(JobStatus.Succeeded, job.Reason);
        double[] losses = [.. (await service.EventsAsync(job.Id, "epoch")).Select(e => e.GetProperty("val_loss").GetDouble())];
        losses.Length.ShouldBeLessThan(500);
        int best = Array.IndexOf(losses, losses.Min());
        losses.Length.ShouldBe(best + 1 + 3);
        job.Reason!.ShouldContain($"epoch {best + 1}");
        JsonDocument.Parse((await service.LastAsync(job.Id)).MetricsJson).RootElement.GetProperty("val_loss").GetDouble().ShouldBe(losses.Min());
    }

    [Fact]
    public async Task A_plateau_lowers_the_rate_and_says_so()
    {
        await using var service = new ServiceHarness();

        JobRecord job = await service.RunAsync("""{"epochs": 12, "schedule": {"type": "performance", "monitor": "val_loss", "patience": 1, "factor": 0.5, "min_delta": 100}}""");

        double[] rates = [.. (await service.EventsAsync(job.Id, "epoch")).Select(e => e.GetProperty("learning_rate").GetDouble())];
        rates[0].ShouldBe(0.01, tolerance: 1e-8);
        rates[1].ShouldBe(0.01, tolerance: 1e-8);
        rates[2].ShouldBe(0.005, tolerance: 1e-8);
        (await service.EventsAsync(job.Id, "log")).ShouldContain(e => e.GetProperty("message").GetString()!.Contains("learning rate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_advice_that_a_job_got_is_in_its_log_once()
    {
        await using var service = new ServiceHarness();

        JobRecord job = await service.RunAsync(
            """
            {"epochs": 1, "model": {"type": "sequential", "layers": [{"type": "dense", "units": 4, "activation": "relu", "kernel_initializer": "glorot_uniform"},
                {"type": "dense", "units": 3, "activation": "softmax"}]}}
            """);

        (await service.EventsAsync(job.Id, "warning")).ShouldHaveSingleItem().GetProperty("code").GetString().ShouldBe("initializer_for_activation");
    }

    [Fact]
    public async Task A_job_whose_dataset_is_gone_fails_with_that_reason()
    {
        await using var service = new ServiceHarness();
        JobRecord job = await service.SubmitAsync();
        JobRecord other = job with { Id = Ids.New("job"), ResolvedJson = job.ResolvedJson.Replace("\"spirals\"", "\"gone\"", StringComparison.Ordinal) };
        await service.Jobs.SubmitAsync(other, null, default);

        await service.Runner.RunAsync(other.Id, default);

        JobRecord after = await service.FindAsync(other.Id);
        (after.Status, after.Error!.Class).ShouldBe((JobStatus.Failed, ErrorClass.User));
        after.Reason!.ShouldContain("gone");
    }

    [Fact]
    public async Task A_job_that_is_not_queued_is_left_alone()
    {
        await using var service = new ServiceHarness();
        JobRecord job = await service.SubmitAsync();
        await service.MoveAsync(job.Id, JobAction.RequestPause);

        await service.Runner.RunAsync(job.Id, default);
        await service.Runner.RunAsync("job_unknown", default);

        (await service.FindAsync(job.Id)).Attempt.ShouldBe(0);
    }

    private static async Task<string[]> Figures(ServiceHarness service, JobRecord job)
        => [.. (await service.EventsAsync(job.Id, "epoch")).Select(e => string.Join(' ',
            e.EnumerateObject().Where(p => p.Name is not ("duration_seconds" or "samples_per_second")).Select(p => p.Name + "=" + p.Value.GetRawText())))];

    private static JsonElement Body(string json) => JsonDocument.Parse(json).RootElement;
}
