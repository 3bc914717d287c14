using TrainService.NeuralNet.Callbacks;
using TrainService.NeuralNet.Schedules;

namespace TrainService.NeuralNet.Tests.Schedules;

public class PerformanceTests
{
    [Theory]
    [InlineData("""{"type": "performance", "monitor": "val_accuracy", "factor": 0.5, "patience": 2, "min_lr": 0.01}""")]
    [InlineData("""{"class_name": "ReduceLROnPlateau", "config": {"monitor": "val_accuracy", "factor": 0.5, "patience": 2, "min_lr": 0.01, "verbose": 1}}""")]
    public void Rates_follow_what_its_machine_makes_of_the_base_rate(string json)
    {
        Schedule schedule = Curves.Make(json);
        ReduceLROnPlateau plateau = schedule.Plateau.ShouldNotBeNull();
        schedule.UsesBaseRate.ShouldBeTrue();
        plateau.Monitor.ShouldBe("val_accuracy");

        // More is better, so the falling figures make it wait twice, then halve: 0.1 to 0.05.
        ScheduleContext context = Curves.Context;
        PlateauState state = PlateauState.Start;
        var rates = new List<float>();
        foreach (double accuracy in new[] { 0.8, 0.7, 0.6, 0.5 })
        {
            rates.Add(schedule.RateAt(0, context));
            PlateauDecision decision = plateau.OnEpochEnd(state, accuracy, context.BaseRate, higherIsBetter: true);
            state = decision.State;
            if (decision.NewRate is { } rate) context = context with { BaseRate = rate };
        }
        rates.ShouldBe([0.1f, 0.1f, 0.1f, 0.05f]);
    }
}
