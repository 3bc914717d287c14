using System.Text.Json;
using TrainService.NeuralNet.Callbacks;
using TrainService.NeuralNet.Tests.Catalog;
using TrainService.Specification;

namespace TrainService.NeuralNet.Tests.Callbacks;

public class ReduceLROnPlateauTests
{
    /// <summary>The rate that each epoch was trained with.</summary>
    private static double[] Run(ReduceLROnPlateau callback, double rate, bool higherIsBetter, params double[] values)
    {
        PlateauState state = PlateauState.Start;
        var rates = new List<double>();
        foreach (double value in values)
        {
            rates.Add((float)rate);
            // Through JSON each time: a saved state goes on the same.
            state = JsonSerializer.Deserialize<PlateauState>(JsonSerializer.Serialize(state))!;
            PlateauDecision decision = callback.OnEpochEnd(state, value, rate, higherIsBetter);
            state = decision.State;
            rate = decision.NewRate ?? rate;
        }
        return [.. rates];
    }

    private static ReduceLROnPlateau Make(string json) => Parts.Of<Callback>("callback", json).ShouldBeOfType<ReduceLROnPlateau>();

    // Parity case cb_reduce_lr_val, Keras 3.15.1: history/val_loss and history/learning_rate.
    [Fact]
    public void Reduces_where_Keras_reduced()
        => Run(Make("""
            {"class_name": "ReduceLROnPlateau",
             "config": {"monitor": "val_loss", "factor": 0.5, "patience": 1, "min_delta": 0.01, "min_lr": 0.05}}
            """), 1.0, false,
            0.444470077753067, 1.4449124336242676, 2.078798294067383, 2.0970470905303955, 1.850358247756958, 1.690222978591919,
            1.7033252716064453, 1.761636734008789, 1.8569644689559937, 1.962843656539917, 2.062257766723633, 2.1478450298309326)
            .ShouldBe([1.0, 1.0, 0.5, 0.25, 0.125, 0.0625, .. Enumerable.Repeat(0.05000000074505806, 6)]);

    // Patience 2, cooldown 2, factor 1/2, from 1, the figure stuck at 3 after the first epoch:
    // epoch 1: wait 1; 2: wait 2, reduce to 0.5, cooldown 2; 3: cooldown 1, not waiting; 4: cooldown 0, so it waits: 1; 5: wait 2, reduce.
    [Fact]
    public void Cools_down_before_it_waits_again()
        => Run(new ReduceLROnPlateau { Patience = 2, Cooldown = 2, Factor = 0.5 }, 1, false, 3, 3, 3, 3, 3, 3, 3)
            .ShouldBe([1, 1, 1, 0.5, 0.5, 0.5, 0.25]);

    // An improvement while cooling down counts: epoch 2 (cooldown 2 to 1) has a new best 1, so that 2 in epoch 4 is no improvement.
    [Fact]
    public void Improvements_count_while_it_cools_down()
    {
        var callback = new ReduceLROnPlateau { Patience = 1, Cooldown = 2, Factor = 0.5 };
        PlateauState state = callback.OnEpochEnd(PlateauState.Start, 3, 1, false).State;
        state.ShouldBe(new PlateauState(0, 0, 3));
        PlateauDecision reduced = callback.OnEpochEnd(state, 3, 1, false);
        reduced.ShouldBe(new PlateauDecision(new PlateauState(0, 2, 3), 0.5f));
        state = callback.OnEpochEnd(reduced.State, 1, 0.5, false).State;
        state.ShouldBe(new PlateauState(0, 1, 1));
        callback.OnEpochEnd(state, 2, 0.5, false).ShouldBe(new PlateauDecision(new PlateauState(0, 2, 1), 0.25f));
    }

    // min_delta 1e-4 by default: 0.99995 is not better than 1, 0.9998 is.
    [Fact]
    public void Less_than_min_delta_is_no_improvement()
    {
        Run(Make("""{"type": "reduce_lr_on_plateau", "patience": 1}"""), 1, false, 1, 0.99995, 0.99995).ShouldBe([1, 1, (float)0.1]);
        Run(Make("""{"type": "reduce_lr_on_plateau", "patience": 1}"""), 1, false, 1, 0.9998, 0.9998).ShouldBe([1, 1, 1]);
    }

    // At the floor nothing is reduced and the waiting goes on counting, as in Keras.
    [Fact]
    public void At_the_floor_it_only_waits()
    {
        var callback = new ReduceLROnPlateau { Patience = 2, MinRate = 0.05 };
        callback.OnEpochEnd(new PlateauState(5, 0, 1), 1, 0.05f, false).ShouldBe(new PlateauDecision(new PlateauState(6, 0, 1), null));
    }

    [Theory]
    [InlineData("auto", true, 0.5)] // more is better: 2 after 1 is better, then 1.5 is not
    [InlineData("max", false, 0.5)]
    [InlineData("min", true, 0.25)] // less is better: neither 2 nor 1.5 is
    public void Mode_wins_over_what_the_figure_says(string mode, bool higherIsBetter, double last)
        => Run(Make($$"""{"type": "reduce_lr_on_plateau", "patience": 1, "factor": 0.5, "mode": "{{mode}}"}"""), 1, higherIsBetter, 1, 2, 1.5, 0)[^1].ShouldBe(last);

    [Theory]
    [InlineData("""{"type": "reduce_lr_on_plateau", "factor": 1}""", "/factor", "out_of_range")]
    [InlineData("""{"type": "reduce_lr_on_plateau", "patience": -1}""", "/patience", "out_of_range")]
    [InlineData("""{"type": "reduce_lr_on_plateau", "mode": "least"}""", "/mode", "unknown_name")]
    public void Arguments_out_of_range_are_errors_at_their_place(string json, string pointer, string code)
    {
        SpecError error = Components.Errors("callback", json).ShouldHaveSingleItem();
        (error.Pointer, error.Code).ShouldBe((pointer, code));
    }
}
