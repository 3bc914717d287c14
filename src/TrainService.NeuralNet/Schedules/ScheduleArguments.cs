using TrainService.NeuralNet.Optimizers;
using TrainService.Specification;

namespace TrainService.NeuralNet.Schedules;

/// <summary>Arguments that many schedules take, under Keras's names and the short ones.</summary>
internal static class ScheduleArguments
{
    /// <summary>Of a step or an epoch. Lengths are divisors: far smaller ones are 0 in float32.</summary>
    public const double ShortestLength = 0.001;

    /// <summary>Stands for a rate that the learning-rate finder chooses.</summary>
    public const string Auto = OptimizerSettings.Auto;

    public static readonly ArgumentSpec InitialRate =
        Arg.Number("initial_learning_rate", "The rate at t = 0; null takes the optimizer's learning_rate.", min: 0, nullable: true) with
        {
            Aliases = ["initial_lr", "eta0"],
        };

    public static readonly ArgumentSpec DecaySteps =
        Arg.Number("decay_steps", "Over how many steps (or epochs, see unit) it decays; null for the whole training.", min: ShortestLength, nullable: true) with
        {
            Aliases = ["steps", "s"],
        };

    public static readonly ArgumentSpec Staircase =
        Arg.Flag("staircase", "Change the rate only when another decay_steps are over.", false);

    public static readonly ArgumentSpec Unit =
        Arg.Choice("unit", "What t and all lengths count: step, or epoch (whole epochs that are over).", "step", "step", "epoch");
}
