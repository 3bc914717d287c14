using TrainService.Specification;

namespace TrainService.NeuralNet.Schedules;

/// <summary>
/// Over T steps: from the initial to the maximal rate, back to the initial one, and in the last steps down to the final one. The momentum goes
/// from its maximum to its minimum and back meanwhile, and then stays.
/// </summary>
/// <remarks>
/// With L = round(final_fraction · T) and C = T - L: step 0 has the initial rate, step round(up_fraction · C) the maximal one, step C the
/// initial one again, step T - 1 the final one. Between them lines, or half waves of a cosine.
/// </remarks>
public sealed class OneCycle : Schedule
{
    private const double InitialShare = 0.1, FinalShare = 0.001;
    private readonly double? _initial, _maximum, _final;

    /// <param name="maximum">The highest rate; null for the optimizer's.</param>
    /// <param name="initial">Null: a tenth of the highest.</param>
    /// <param name="final">Null: a thousandth of the initial one.</param>
    public OneCycle(double? maximum, double? initial = null, double? final = null)
    {
        (_maximum, _initial, _final) = (maximum, initial, final);
        if (maximum is not { } highest)
        {
            if (initial is not null || final is not null)
                throw Conflict.At(initial is not null ? "initial_learning_rate" : "final_learning_rate", "It needs a max_learning_rate beside it.");
            return;
        }

        (double from, _, double to) = Rates(highest);
        if (from > highest) throw Conflict.At("initial_learning_rate", $"The cycle goes up: the initial rate {from} is above the maximum {highest}.");
        if (to > from) throw Conflict.At("final_learning_rate", $"The last steps go down: the final rate {to} is above the initial {from}.");
    }

    public static ComponentDescriptor<Schedule> Descriptor { get; } = new("one_cycle", Create)
    {
        Aliases = ["1cycle", "onecycle"],
        Summary = "Up to a high rate in the first half, down again in the second, and far below in the last steps; momentum the other way round.",
        Advice = "The default here: reaches a good result in few epochs. Take a maximum a little below where the loss explodes.",
        Source = "Smith 2018, arXiv:1803.09820",
        Arguments =
        [
            Arg.Number("max_learning_rate", "The highest rate, reached in the middle of the cycle; null takes the optimizer's learning_rate; \"auto\" what the learning-rate finder suggests.",
                min: 0, minExclusive: true, nullable: true) with
            {
                Words = [ScheduleArguments.Auto], Aliases = ["max_lr", "eta_max"],
            },
            Arg.Number("initial_learning_rate", "The rate at the first step; null for a tenth of the highest.", min: 0, nullable: true) with
            {
                Aliases = ["initial_lr", "eta0"],
            },
            Arg.Number("final_learning_rate", "The rate at the last step; null for a thousandth of the initial one.", min: 0, nullable: true) with
            {
                Aliases = ["final_lr"],
            },
            Arg.Number("up_fraction", "Share of the cycle that goes up.", 0.5, min: 0, max: 1),
            Arg.Number("final_fraction", "Share of all steps that the end takes, after the cycle.", 0.1, min: 0, max: 1),
            Arg.Choice("annealing", "How it goes from one rate to the next.", "linear", "linear", "cosine"),
            Arg.Flag("cycle_momentum", "Move the momentum too, for optimizers that have one.", true),
            Arg.Number("max_momentum", "The momentum at both ends of the cycle.", 0.95, min: 0, max: 1, maxExclusive: true),
            Arg.Number("min_momentum", "The momentum at the highest rate.", 0.85, min: 0, max: 1, maxExclusive: true),
        ],
    };

    /// <summary>Share of the cycle that goes up.</summary>
    public double UpFraction { get; init; } = 0.5;

    /// <summary>Share of all steps that the end takes.</summary>
    public double FinalFraction { get; init; } = 0.1;

    /// <summary>Half waves of a cosine in place of lines.</summary>
    public bool CosineAnnealing { get; init; }

    /// <summary>The momentum at both ends of the cycle and at the highest rate; null leaves it alone.</summary>
    public (double Maximum, double Minimum)? Momentum { get; init; } = (0.95, 0.85);

    /// <inheritdoc/>
    public override bool UsesBaseRate => _maximum is null;

    /// <inheritdoc/>
    public override float RateAt(long step, in ScheduleContext context)
    {
        (long peak, long cycle) = Turns(context);
        (double initial, double maximum, double final) = Rates(_maximum ?? context.BaseRate);
        if (step < peak) return Between(initial, maximum, step, 0, peak);
        if (step < cycle) return Between(maximum, initial, step, peak, cycle);
        return Between(initial, final, step, cycle, context.TotalSteps - 1);
    }

    /// <inheritdoc/>
    public override float? MomentumAt(long step, in ScheduleContext context)
    {
        if (Momentum is not { } momentum) return null;
        (long peak, long cycle) = Turns(context);
        if (step < peak) return Between(momentum.Maximum, momentum.Minimum, step, 0, peak);
        return step < cycle ? Between(momentum.Minimum, momentum.Maximum, step, peak, cycle) : (float)momentum.Maximum;
    }

    private (double Initial, double Maximum, double Final) Rates(double maximum)
    {
        double initial = _initial ?? maximum * InitialShare;
        return (initial, maximum, _final ?? initial * FinalShare);
    }

    private (long Peak, long Cycle) Turns(in ScheduleContext context)
    {
        long cycle = context.TotalSteps - (long)Math.Round(context.TotalSteps * FinalFraction);
        return ((long)Math.Round(cycle * UpFraction), cycle);
    }

    private float Between(double from, double to, long step, long start, long end)
    {
        double p = step >= end ? 1 : (double)(step - start) / (end - start);
        if (CosineAnnealing) p = 0.5 * (1 - Math.Cos(Math.PI * p));
        return (float)((from * (1 - p)) + (to * p));
    }

    private static OneCycle Create(Arguments a)
    {
        (double most, double least) = (a.Number("max_momentum"), a.Number("min_momentum"));
        if (least > most) throw Conflict.At("min_momentum", $"min_momentum {least} is above max_momentum {most}.");
        double? maximum = a.OptionalNumber("max_learning_rate");
        // Rates that the finder has yet to choose are checked when it has.
        bool known = !a.IsReplaced("max_learning_rate");
        return new OneCycle(maximum, known ? a.OptionalNumber("initial_learning_rate") : null, known ? a.OptionalNumber("final_learning_rate") : null)
        {
            UpFraction = a.Number("up_fraction"),
            FinalFraction = a.Number("final_fraction"),
            CosineAnnealing = a.Text("annealing") == "cosine",
            Momentum = a.Flag("cycle_momentum") ? (most, least) : null,
        };
    }
}
