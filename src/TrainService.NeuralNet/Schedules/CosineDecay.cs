using TrainService.Specification;

namespace TrainService.NeuralNet.Schedules;

/// <summary>
/// η(t) = η0 · ((1 - α) · (1 + cos(π t/T))/2 + α) for t ≤ T, η0 α after it. With a warm-up target: along a line from η0 to the target over
/// the first warmup_steps, which count at every step, then the same from the target, T counted from there.
/// </summary>
public sealed class CosineDecay(double? initialRate, double? decaySteps, double alpha, double? warmupTarget, double warmupSteps, ScheduleUnit unit)
    : DecaySchedule(initialRate)
{
    public static ComponentDescriptor<Schedule> Descriptor { get; } = new("cosine", a => new CosineDecay(
        a.OptionalNumber("initial_learning_rate"), a.OptionalNumber("decay_steps"), a.Number("alpha"), a.OptionalNumber("warmup_target"),
        a.Number("warmup_steps"), ScheduleUnits.Of(a)))
    {
        KerasName = "CosineDecay",
        Aliases = ["cosine_decay"],
        Summary = "Falls along half a wave of a cosine: slowly, then quickly, then slowly again.",
        Advice = "A strong default for a known number of epochs; add a warm-up for large batches and adaptive optimizers.",
        Source = "Loshchilov, Hutter 2016, arXiv:1608.03983; Keras CosineDecay",
        Arguments =
        [
            ScheduleArguments.InitialRate,
            ScheduleArguments.DecaySteps with { Description = "Over how many steps (or epochs, see unit) it decays, the warm-up not counted; null for all that is left." },
            Arg.Number("alpha", "The lowest rate, as a share of the highest.", 0, min: 0, max: 1),
            Arg.Number("warmup_target", "The rate that the warm-up leads to; null for no warm-up.", min: 0, nullable: true),
            Arg.Number("warmup_steps", "How long the warm-up takes; without a warmup_target it is not used.", 0, min: 0),
            ScheduleArguments.Unit,
        ],
    };

    /// <inheritdoc/>
    public override float RateAt(long step, in ScheduleContext context)
    {
        float start = Start(context), t = unit.Count(step, context);
        if (warmupTarget is null) return Decay(start, t, unit.Length(decaySteps, context));
        float target = (float)warmupTarget, warmup = (float)warmupSteps, position = unit.Position(step, context);
        if (position < warmup) return ((target - start) * (position / warmup)) + start;
        float left = decaySteps is { } given ? (float)given : unit.Total(context) - warmup;
        return Decay(target, Math.Max(t - warmup, 0), left);
    }

    private float Decay(float from, float t, float length)
    {
        // A warm-up may take the whole phase; then nothing is left to decay over.
        float done = t < length ? t / length : 1;
        float wave = 0.5f * (1 + MathF.Cos(MathF.PI * done));
        return from * (((float)(1 - alpha) * wave) + (float)alpha);
    }
}
