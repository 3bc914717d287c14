using System.Text.Json;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs;
using TrainService.Training.Running;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Running;

/// <summary>Phases in training; being interrupted in them is tested with the others, in <see cref="TrainingRunTests"/>.</summary>
public class PhaseTests
{
    private const string Layers = """
        "model": {"type": "sequential", "layers": [{"type": "dense", "units": 8, "activation": "elu", "name": "low"}, {"type": "batch_normalization", "name": "norm"},
            {"type": "dropout", "rate": 0.3}, {"type": "dense", "units": 3, "activation": "softmax", "name": "top"}]}
        """;

    private readonly List<CheckpointRecord> _saved = [];

    [Fact]
    public async Task What_is_frozen_keeps_its_weights_and_moving_statistics_until_it_is_unfrozen()
    {
        await using var harness = new RunHarness();
        JobSpec spec = Spec.Job($$$"""
            {{{{Layers}}}, "checkpoint": {"keep_last": 10}, "epochs": null, "phases": [{"epochs": 1, "freeze": ["top"]}, {"epochs": 2, "freeze": ["low", "norm"], "unfreeze": ["top"]},
              {"epochs": 1, "unfreeze": ["norm"], "optimizer": {"type": "adam", "learning_rate": 0.0001}}]}
            """);
        JobRecord job = await harness.SubmitAsync(spec);

        (await harness.TrainAsync(job, spec, Some.Blobs())).Kind.ShouldBe(RunEndKind.Finished);

        var after = new List<IReadOnlyDictionary<string, byte[]>>();
        _saved.AddRange((await harness.SavedAsync(job.Id)).OrderBy(c => c.Epoch));
        foreach (CheckpointRecord saved in _saved) after.Add(await harness.TensorsAsync(saved));
        Moved(after[0], after[2]).ShouldBe(["top/bias", "top/kernel"]);
        Moved(after[2], after[3]).ShouldBe(["norm/beta", "norm/gamma", "norm/moving_mean", "norm/moving_variance", "top/bias", "top/kernel"]);
        IReadOnlyList<JsonElement> epochs = await harness.EventsAsync(job.Id, "epoch");
        epochs.Select(e => (e.GetProperty("epoch").GetInt32(), e.GetProperty("phase").GetInt32())).ShouldBe([(1, 0), (2, 1), (3, 1), (4, 2)]);
        epochs.Select(e => e.GetProperty("learning_rate").GetDouble()).ShouldBe([0.001, 0.001, 0.001, 0.0001], tolerance: 1e-9);
        JobRecord ended = (await harness.Jobs.FindAsync(job.Id, default))!;
        (ended.Phase, ended.Progress!.Epoch, ended.Progress.Epochs, ended.Progress.Fraction).ShouldBe((2, 4, 4, 1.0));
        (await harness.EventsAsync(job.Id, "log")).Select(e => e.GetProperty("message").GetString()).ShouldBe(
        [
            "Phase 1 of 3: up to 1 epochs from epoch 1, 2 of 3 layers learn (56 of 99 weights), a new optimizer, the rate begins at 0.001.",
            "Phase 1 is over after epoch 1.",
            "Phase 2 of 3: up to 2 epochs from epoch 2, 1 of 3 layers learn (27 of 99 weights), the optimizer goes on, the rate begins at 0.001.",
            "Phase 2 is over after epoch 3.",
            "Phase 3 of 3: up to 1 epochs from epoch 4, 2 of 3 layers learn (43 of 99 weights), a new optimizer, the rate begins at 0.0001.",
        ]);
    }

    [Fact]
    public async Task Phases_that_change_nothing_train_as_no_phases_do()
    {
        await using var harness = new RunHarness();
        const string job = $$$"""{{{{Layers}}}, "epochs": 6, "schedule": {"type": "one_cycle", "max_learning_rate": 0.03}""";
        JobSpec plain = Spec.Job(job + "}"), phases = Spec.Job($$"""{{job}}, "phases": [{"epochs": 1}, {"epochs": 3}, {"epochs": 2}]}""");
        JobRecord first = await harness.SubmitAsync(plain), second = await harness.SubmitAsync(phases);

        await harness.TrainAsync(first, plain, Some.Blobs());
        await harness.TrainAsync(second, phases, Some.Blobs());

        (await harness.FiguresAsync(second)).Select(f => f.Remove(f.IndexOf(" phase", StringComparison.Ordinal), " phase=0".Length)).ShouldBe(await harness.FiguresAsync(first));
        IReadOnlyDictionary<string, byte[]> expected = await harness.LastAsync(first);
        (await harness.LastAsync(second)).ShouldAllBe(t => t.Value.SequenceEqual(expected[t.Key]));
    }

    [Theory]
    [InlineData("adam", true)]
    [InlineData("adam", false)]
    public async Task A_new_optimizer_begins_with_empty_slots_and_counts_anew(string optimizer, bool named)
    {
        // What a second training that starts from the first one's weights does; with what goes on it comes out otherwise.
        await using var harness = new RunHarness();
        const string model = """ "shuffle": false, "model": {"type": "sequential", "layers": [{"type": "dense", "units": 3, "activation": "softmax"}]} """;
        JobSpec phases = Spec.Job($$"""{{{model}}, "epochs": null, "phases": [{"epochs": 2}, {"epochs": 3 {{(named ? $", \"optimizer\": \"{optimizer}\"" : "")}} }]}"""),
            one = Spec.Job($$"""{{{model}}, "epochs": 2}"""), two = Spec.Job($$"""{{{model}}, "epochs": 3}""");
        JobRecord both = await harness.SubmitAsync(phases), first = await harness.SubmitAsync(one), second = await harness.SubmitAsync(two);

        await harness.TrainAsync(both, phases, Some.Blobs());
        await harness.TrainAsync(first, one, Some.Blobs());
        await harness.TrainAsync(second, two, Some.Blobs(), startFrom: await harness.ArraysAsync((await harness.SavedAsync(first.Id)).MaxBy(c => c.Step)!));

        IReadOnlyDictionary<string, byte[]> expected = await harness.LastAsync(second), got = await harness.LastAsync(both);
        got.All(t => t.Value.SequenceEqual(expected[t.Key])).ShouldBe(named);
    }

    [Fact]
    public async Task Early_stopping_ends_its_phase_only_and_puts_its_best_weights_back_there()
    {
        await using var harness = new RunHarness();
        JobSpec spec = Spec.Job($$$"""
            {{{{Layers}}}, "checkpoint": {"keep_last": 20}, "epochs": null, "callbacks": [{"type": "early_stopping", "monitor": "val_loss", "min_delta": 10, "patience": 2, "restore_best_weights": true}],
             "phases": [{"epochs": 9, "freeze": ["low"]}, {"epochs": 8, "freeze": ["*"], "callbacks": []}, {"epochs": 7, "unfreeze": ["all"]}]}
            """);
        JobRecord job = await harness.SubmitAsync(spec);

        RunEnd end = await harness.TrainAsync(job, spec, Some.Blobs());

        IReadOnlyList<JsonElement> epochs = await harness.EventsAsync(job.Id, "epoch");
        epochs.Select(e => e.GetProperty("phase").GetInt32()).ShouldBe([0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2]);
        Dictionary<int, CheckpointRecord> saved = (await harness.SavedAsync(job.Id)).ToDictionary(c => c.Epoch);
        IReadOnlyDictionary<string, byte[]> best = await harness.TensorsAsync(saved[1]), frozen = await harness.TensorsAsync(saved[4]);
        Moved(best, frozen).ShouldBeEmpty();
        (await harness.EventsAsync(job.Id, "log")).Select(e => e.GetProperty("message").GetString()).ShouldContain(
            $"Phase 1 is over after epoch 3. Stopped early after epoch 3: val_loss was best in epoch 1 ({epochs[0].GetProperty("val_loss").GetDouble():G6}). The weights of epoch 1, the best one, were put back.");
        end.Reason!.ShouldContain("The weights of epoch 12, the best one, were put back.");
        (await harness.Jobs.FindAsync(job.Id, default))!.Progress!.Epochs.ShouldBe(3 + 8 + 7);
    }

    [Fact]
    public async Task A_schedule_spans_the_phases_that_leave_it_alone_and_begins_anew_where_one_is_named()
    {
        await using var harness = new RunHarness();
        JobSpec spec = Spec.Job("""
            {"epochs": null, "batch_size": 120, "optimizer": {"type": "sgd", "learning_rate": 1}, "schedule": {"type": "step", "factor": 0.5, "drop_every": 1}, "phases": [
             {"epochs": 2}, {"epochs": 1, "batch_size": 40}, {"epochs": 2, "schedule": {"type": "step", "factor": 0.25, "drop_every": 1}}, {"epochs": 1, "optimizer": {"type": "sgd", "learning_rate": 0.125}}]}
            """);
        JobRecord job = await harness.SubmitAsync(spec);

        await harness.TrainAsync(job, spec, Some.Blobs());

        (await harness.EventsAsync(job.Id, "epoch")).Select(e => e.GetProperty("learning_rate").GetDouble()).ShouldBe([1, 0.5, 0.25, 1, 0.25, 0.125]);
    }

    private static IEnumerable<string> Moved(IReadOnlyDictionary<string, byte[]> before, IReadOnlyDictionary<string, byte[]> after)
        => before.Keys.Where(k => !before[k].SequenceEqual(after[k])).Order(StringComparer.Ordinal);
}
