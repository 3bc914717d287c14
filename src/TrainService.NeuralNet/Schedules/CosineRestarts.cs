using TrainService.Specification;

namespace TrainService.NeuralNet.Schedules;

/// <summary>
/// Half waves of a cosine one after the other, wave i being first · t_mul^i long: with f the share of wave i that is over,
/// η(t) = η0 · ((1 - α) · m_mul^i · (1 + cos(π f))/2 + α).
/// </summary>
/// <remarks>
/// Where a wave begins is worked out exactly. Keras takes the logarithm in float32, which for some t_mul lands one wave early at the very
/// step of a restart.
/// </remarks>
public sealed class CosineRestarts(double? initialRate, double firstDecaySteps, double lengthFactor, double heightFactor, double alpha, ScheduleUnit unit)
    : DecaySchedule(initialRate)
{
    public static ComponentDescriptor<Schedule> Descriptor { get; } = new("cosine_restarts", a => new CosineRestarts(
        a.OptionalNumber("initial_learning_rate"), a.Number("first_decay_steps"), a.Number("t_mul"), a.Number("m_mul"), a.Number("alpha"),
        ScheduleUnits.Of(a)))
    {
        KerasName = "CosineDecayRestarts",
        Aliases = ["cosine_decay_restarts"],
        Summary = "Falls along half a cosine, jumps up again and falls anew, each time over a longer stretch.",
        Advice = "Each end of a wave is a good checkpoint: for ensembles of them, or when the number of epochs is open.",
        Source = "Loshchilov, Hutter 2016, arXiv:1608.03983; Keras CosineDecayRestarts",
        Arguments =
        [
            ScheduleArguments.InitialRate,
            Arg.Number("first_decay_steps", "Steps (or epochs, see unit) of the first wave.", min: ScheduleArguments.ShortestLength, required: true) with
            {
                Aliases = ["decay_steps", "steps"],
            },
            Arg.Number("t_mul", "How many times longer each wave is than the one before.", 2, min: 1),
            Arg.Number("m_mul", "What the height of each wave is multiplied by; it does not scale the lowest rate.", 1, min: 0),
            Arg.Number("alpha", "The lowest rate, as a share of the initial one.", 0, min: 0, max: 1),
            ScheduleArguments.Unit,
        ],
    };

    /// <inheritdoc/>
    public override float RateAt(long step, in ScheduleContext context)
    {
        (double wave, float done) = Place(unit.Count(step, context) / firstDecaySteps);
        float height = 0.5f * MathF.Pow((float)heightFactor, (float)wave) * (1 + MathF.Cos(MathF.PI * done));
        return Start(context) * (((float)(1 - alpha) * height) + (float)alpha);
    }

    /// <param name="time">In lengths of the first wave.</param>
    /// <returns>The wave's number and the share of it that is over.</returns>
    private (double Wave, float Done) Place(double time)
    {
        if (lengthFactor == 1) return (Math.Floor(time), (float)(time - Math.Floor(time)));
        double wave = Math.Floor(Math.Log(1 + (time * (lengthFactor - 1))) / Math.Log(lengthFactor));
        if (Begin(wave + 1) <= time) wave++;
        else if (Begin(wave) > time) wave--;
        return (wave, (float)((time - Begin(wave)) / Math.Pow(lengthFactor, wave)));
    }

    // 1 + q + q² + … + q^(wave - 1)
    private double Begin(double wave) => (Math.Pow(lengthFactor, wave) - 1) / (lengthFactor - 1);
}
