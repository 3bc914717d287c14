namespace TrainService.NeuralNet.Tests.Schedules;

/// <summary>The rates that Keras 3.15.1 used in training runs of 15 steps, five epochs of three (the parity cases sched_*, array step_lr).</summary>
public class KerasParityTests
{
    public static TheoryData<string, double[]> Cases() => new()
    {
        {
            """{"class_name": "ExponentialDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.7}}""",
            [
                0.10000000149011612, 0.09146912395954132, 0.08366600424051285, 0.07652855664491653, 0.07000000029802322,
                0.06402838230133057, 0.058566201478242874, 0.053569991141557693, 0.04899999871850014, 0.044819869101047516,
                0.04099633917212486, 0.037498991936445236, 0.034299999475479126, 0.03137390688061714, 0.028697436675429344,
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_step_has_the_rate_that_Keras_gave_it(string json, double[] expected)
        => Curves.Rates(json, new(BaseRate: 0.01, StepsPerEpoch: 3, TotalSteps: 15), [.. Enumerable.Range(0, 15).Select(i => (long)i)]).ShouldBeNear(expected);
}
