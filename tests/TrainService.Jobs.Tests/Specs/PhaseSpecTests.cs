using System.Text.Json;
using TrainService.Jobs.Specs;

namespace TrainService.Jobs.Tests.Specs;

public class PhaseSpecTests
{
    [Fact]
    public void A_job_without_phases_is_one()
    {
        PhaseSpec phase = Read("""{"epochs": 7, "batch_size": 4, "schedule": {"type": "constant"}, "freeze": ["a"]}""").Phases.ShouldHaveSingleItem();

        (phase.Index, phase.Pointer, phase.Epochs, phase.BatchSize, phase.NewOptimizer, phase.NewSchedule).ShouldBe((0, "", 7, 4, true, true));
        phase.Schedule!.Descriptor.Name.ShouldBe("constant");
        // What the job freezes is not the phase's own affair.
        phase.Freeze.ShouldBeEmpty();
    }

    [Fact]
    public void A_phase_goes_on_with_the_optimizer_and_schedule_before_it_until_it_names_its_own()
    {
        JobSpec job = Read("""
            {"optimizer": {"type": "adam", "learning_rate": 0.5}, "schedule": {"type": "constant"}, "batch_size": 8, "callbacks": [{"type": "early_stopping", "monitor": "loss"}], "phases": [
              {"epochs": 1, "freeze": "a"}, {"epochs": 2, "batch_size": 4, "callbacks": []}, {"epochs": 3, "optimizer": "sgd"}, {"epochs": 4, "schedule": {"type": "one_cycle", "max_learning_rate": 3}},
              {"epochs": 5, "unfreeze": ["*"]}]}
            """);

        IReadOnlyList<PhaseSpec> phases = job.Phases;
        job.Epochs.ShouldBe(15);
        phases.Select(p => p.Optimizer!.Descriptor.Name).ShouldBe(["adam", "adam", "sgd", "sgd", "sgd"]);
        phases.Select(p => p.NewOptimizer).ShouldBe([true, false, true, false, false]);
        phases.Select(p => p.Schedule?.Descriptor.Name).ShouldBe(["constant", "constant", null, "one_cycle", "one_cycle"]);
        phases.Select(p => p.NewSchedule).ShouldBe([true, false, true, true, false]);
        phases.Select(p => p.SchedulePointer).ShouldBe(["/schedule", "/schedule", "/phases/2/schedule", "/phases/3/schedule", "/phases/3/schedule"]);
        phases.Select(p => p.BatchSize).ShouldBe([8, 4, 8, 8, 8]);
        phases.Select(p => p.Callbacks.Count).ShouldBe([1, 0, 1, 1, 1]);
        phases.Select(p => p.CallbacksPointer).ShouldBe(["/callbacks", "/phases/1/callbacks", "/callbacks", "/callbacks", "/callbacks"]);
        (phases[0].Freeze.Single(), phases[4].Unfreeze.Single()).ShouldBe(("a", "*"));
    }

    [Fact]
    public void A_job_that_leaves_its_optimizer_to_its_phases_has_that_of_the_first_one()
    {
        JobSpec job = Read("""{"phases": [{"epochs": 2, "optimizer": {"type": "adam", "learning_rate": 0.1}, "schedule": {"type": "constant"}}, {"epochs": 2, "optimizer": "sgd"}]}""");
        (job.Optimizer.Descriptor.Name, job.Schedule!.Descriptor.Name).ShouldBe(("adam", "constant"));
        job.Callbacks.ShouldBeEmpty();
        Read("""{"phases": [{"epochs": 2}, {"epochs": 2, "optimizer": "sgd"}]}""").Schedule!.Descriptor.Name.ShouldBe("one_cycle");
    }

    private static JobSpec Read(string members)
    {
        string json = $$"""{"dataset": {"name": "blobs"}, "model": {"type": "sequential", "layers": [{"type": "dense", "units": 3}]}, "loss": "mse", {{members.Trim()[1..]}}""";
        JobReading reading = SpecVocabulary.Reader.Read(JsonDocument.Parse(json).RootElement);
        reading.Errors.All.ShouldBeEmpty();
        return reading.Spec!;
    }
}
