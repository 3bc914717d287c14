using System.Text.Json;
using TrainService.NeuralNet.Callbacks;

namespace TrainService.NeuralNet.Tests.Callbacks;

public class EarlyStoppingTests
{
    /// <summary>The epoch (from 0) after which it stopped, or -1, and the best epoch then.</summary>
    private static (int Stopped, int? Best) Run(EarlyStopping callback, bool higherIsBetter, params double[] values)
    {
        EarlyStoppingState state = EarlyStoppingState.Start;
        for (int epoch = 0; epoch < values.Length; epoch++)
        {
            EarlyStoppingDecision decision = callback.OnEpochEnd(state, epoch, values[epoch], higherIsBetter);
            state = decision.State;
            decision.IsBest.ShouldBe(state.BestEpoch == epoch);
            if (decision.Stop) return (epoch, state.BestEpoch);
        }
        return (-1, state.BestEpoch);
    }

    private static (int Stopped, int? Best) Run(string json, bool higherIsBetter, params double[] values)
        => Run(Parts.Of<Callback>("callback", json).ShouldBeOfType<EarlyStopping>(), higherIsBetter, values);

    // Parity case cb_early_stop_restore, Keras 3.15.1: history/val_loss has five epochs of 25; the best was the second.
    [Fact]
    public void Stops_where_Keras_stopped()
        => Run("""{"class_name": "EarlyStopping", "config": {"monitor": "val_loss", "patience": 3, "restore_best_weights": true}}""", false,
            0.5315066576004028, 0.2779104709625244, 0.2936169505119324, 0.44435858726501465, 0.5650830864906311).ShouldBe((4, 1));

    // Patience 2, loss: 5 best; 4 best; 4 waits 1 (equal is not better); 3 best, waiting starts anew; 6 waits 1; 5 waits 2: stop.
    [Fact]
    public void Waits_again_after_each_improvement()
        => Run("""{"type": "early_stopping", "patience": 2}""", false, 5, 4, 4, 3, 6, 5, 1).ShouldBe((5, 3));

    [Theory]
    [InlineData("auto", true, 1, 0)] // 2 is best of 2, 1 …
    [InlineData("max", false, 1, 0)]
    [InlineData("min", true, 3, 2)] // 2, 1, 0 get better, 3 does not
    [InlineData("auto", false, 3, 2)]
    public void Mode_wins_over_what_the_figure_says(string mode, bool higherIsBetter, int stopped, int best)
        => Run($$"""{"type": "early_stopping", "mode": "{{mode}}"}""", higherIsBetter, 2, 1, 0, 3).ShouldBe((stopped, best));

    // Patience 0 and 1 both stop at the first epoch that is not better.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Least_patience_stops_at_once(int patience) => Run(new EarlyStopping { Patience = patience }, false, 3, 2, 2).ShouldBe((2, 1));

    // 1.0 best; 0.95 + 0.1 is not below 1.0; nor 0.91; 0.89 + 0.1 is below.
    [Fact]
    public void Less_than_min_delta_is_no_improvement()
    {
        Run(new EarlyStopping { MinDelta = 0.1, Patience = 3 }, false, 1.0, 0.95, 0.91, 0.89).ShouldBe((-1, 3));
        Run(new EarlyStopping { MinDelta = 0.1, Patience = 2 }, false, 1.0, 0.95, 0.91, 0.89).ShouldBe((2, 0));
    }

    // Baseline 0.5, patience 2. 0.9: best, but wait stays 1; 0.8: best, wait 2, and an improvement never stops; 0.85: wait 3, stop.
    // With 0.4 in its place the waiting starts anew.
    [Fact]
    public void Without_beating_the_baseline_an_improvement_does_not_end_the_waiting()
    {
        Run(new EarlyStopping { Baseline = 0.5, Patience = 2 }, false, 0.9, 0.8, 0.85).ShouldBe((2, 1));
        Run(new EarlyStopping { Baseline = 0.5, Patience = 2 }, false, 0.9, 0.4, 0.85).ShouldBe((-1, 1));
    }

    // The baseline takes min_delta too: 0.45 + 0.1 does not beat 0.5, 0.39 + 0.1 does.
    [Fact]
    public void Beating_the_baseline_takes_min_delta_as_well()
    {
        Run(new EarlyStopping { Baseline = 0.5, MinDelta = 0.1, Patience = 2 }, false, 0.45, 0.46).ShouldBe((1, 0));
        Run(new EarlyStopping { Baseline = 0.5, MinDelta = 0.1, Patience = 2 }, false, 0.39, 0.40).ShouldBe((-1, 0));
    }

    // Epochs 0 and 1 are not seen: 3 is the first and best, 4 stops, and the 1 before never counted.
    [Fact]
    public void Epochs_before_the_start_are_not_seen()
        => Run(new EarlyStopping { StartFromEpoch = 2 }, false, 1, 2, 3, 4).ShouldBe((3, 2));

    // NaN is waited over like any bad epoch: epoch 1 is the best although epoch 0 had no number.
    [Fact]
    public void What_is_no_number_is_never_the_best()
        => Run(new EarlyStopping { Patience = 3 }, false, double.NaN, 2, double.NegativeInfinity, 3, 4).ShouldBe((4, 1));

    // However impatient: the first epoch can't stop (Keras: epoch > 0).
    [Fact]
    public void The_first_epoch_never_stops() => Run(new EarlyStopping(), false, double.NaN).ShouldBe((-1, null));

    [Fact]
    public void A_state_that_was_saved_goes_on_the_same()
    {
        var callback = new EarlyStopping { Patience = 3, Baseline = 0.3 };
        double[] values = [0.5, 0.1 + 0.2, 0.25, 1 / 3.0, 0.7, 0.26];
        EarlyStoppingState straight = EarlyStoppingState.Start, saved = EarlyStoppingState.Start;
        for (int epoch = 0; epoch < values.Length; epoch++)
        {
            EarlyStoppingDecision decision = callback.OnEpochEnd(straight, epoch, values[epoch], false);
            saved = JsonSerializer.Deserialize<EarlyStoppingState>(JsonSerializer.Serialize(saved))!;
            callback.OnEpochEnd(saved, epoch, values[epoch], false).ShouldBe(decision);
            straight = saved = decision.State;
        }
        straight.ShouldBe(new EarlyStoppingState(3, 0.25, 2));
    }
}
