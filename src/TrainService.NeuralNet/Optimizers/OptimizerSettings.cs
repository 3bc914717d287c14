using TrainService.Specification;

namespace TrainService.NeuralNet.Optimizers;

/// <summary>What every optimizer takes.</summary>
/// <param name="LearningRate">Rate when no schedule is given.</param>
/// <param name="ClipNorm">Largest L2 norm of one variable's gradient.</param>
/// <param name="GlobalClipNorm">Largest L2 norm of all gradients together.</param>
/// <param name="ClipValue">Largest magnitude of one element of a gradient.</param>
/// <param name="WeightDecay">Decoupled: w -= w · weight_decay · rate, before the update.</param>
public sealed record OptimizerSettings(
    double LearningRate = 0.001, double? ClipNorm = null, double? GlobalClipNorm = null, double? ClipValue = null,
    double? WeightDecay = null)
{
    /// <summary>Names of arguments that others look at.</summary>
    public const string Rate = "learning_rate", Decay = "decay", Excluded = "exclude_from_weight_decay";

    /// <summary>Stands for a rate that the learning-rate finder chooses.</summary>
    public const string Auto = "auto";

    /// <summary>A moving average of the weights is kept; null for none.</summary>
    public MovingAverage? Average { get; init; }

    /// <summary>Words: a variable whose name holds one of them does not decay.</summary>
    public IReadOnlyList<string> NotDecayed { get; init; } = [];

    /// <summary>Whether weight decay applies to a variable, by its name ("bias"); a word with a slash is looked for in "layer/bias".</summary>
    public bool Decays(string layer, string variable)
        => !NotDecayed.Any(word => (word.Contains('/', StringComparison.Ordinal) ? $"{layer}/{variable}" : variable).Contains(word, StringComparison.Ordinal));

    /// <summary>
    /// Batches whose mean gradient makes one update. Weights and slots stay as they are in the batches before; the rate is that of the last
    /// batch, and what counts updates (Adam's bias correction) counts each group once.
    /// </summary>
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>Out of arguments declared by <see cref="Declare"/>.</summary>
    public static OptimizerSettings Read(Arguments a) => new(
        a.OptionalNumber(Rate) ?? 0, a.OptionalNumber("clipnorm"), a.OptionalNumber("global_clipnorm"), a.OptionalNumber("clipvalue"),
        a.OptionalNumber("weight_decay"))
    {
        Average = MovingAverage.Read(a),
        NotDecayed = a.Has(Excluded) ? a.Texts(Excluded) : [],
        AccumulationSteps = a.OptionalInteger("gradient_accumulation_steps") ?? 1,
    };

    /// <summary>An optimizer's own arguments between the rate and what all take.</summary>
    internal static IReadOnlyList<ArgumentSpec> Declare(double learningRate, IReadOnlyList<ArgumentSpec> own, double? weightDecay = null) =>
    [
        Arg.Number(Rate, "Step size; a schedule that sets it; or \"auto\": the learning-rate finder runs first and chooses it.", learningRate, min: 0) with
        {
            Aliases = ["lr"], Words = [Auto], Category = "schedule",
        },
        .. own,
        Arg.Number("weight_decay", "Shrinks every weight by weight_decay times the rate before each update.",
            weightDecay, min: 0, nullable: true),
        new(Excluded, ArgumentKind.Texts, "Words such as bias, gamma or beta: variables whose name holds one of them do not decay (Keras's exclude_from_weight_decay(var_names)). "
            + "A word with a slash is looked for in layer/variable.") { Nullable = true, Count = (0, 256) },
        Arg.Number("clipnorm", "Largest L2 norm of each variable's gradient.", min: 0, minExclusive: true, nullable: true),
        Arg.Number("global_clipnorm", "Largest L2 norm of all gradients together.", min: 0, minExclusive: true, nullable: true),
        Arg.Number("clipvalue", "Largest magnitude of each element of a gradient.", min: 0, minExclusive: true, nullable: true),
        .. MovingAverage.Declared,
        Arg.Integer("gradient_accumulation_steps", "Batches whose mean gradient makes one update: a large batch in little memory. Schedules go on counting batches.",
            min: 1, max: 1 << 20, nullable: true),
        Arg.Number(Decay, "The old form of power scheduling: the rate of update t is learning_rate / (1 + decay t).", 0, min: 0),
        Arg.Number("loss_scale_factor", "Keras multiplies the loss by it and divides the gradients again, against underflow in 16-bit arithmetic. Training here is in "
            + "32 bits, where that changes nothing: it is accepted, and has no effect.", min: 0, minExclusive: true, nullable: true),
    ];

    /// <summary>A decay rate of a moving average. Not so near 1 that float32 would make 1 of it.</summary>
    internal static ArgumentSpec Share(string name, string description, double @default)
        => Arg.Number(name, description, @default, min: 0, max: 0.9999999);

    internal static ArgumentSpec Momentum(string description) => Arg.Number("momentum", description, 0, min: 0, max: 1);

    internal static ArgumentSpec Epsilon(string description) => Arg.Number("epsilon", description, 1e-7, min: 1e-30);
}
