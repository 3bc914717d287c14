using TrainService.Specification;

namespace TrainService.NeuralNet.Optimizers;

/// <summary>What every optimizer takes.</summary>
internal static class OptimizerArguments
{
    /// <param name="learningRate">Keras's default for this optimizer.</param>
    /// <param name="own">Its own arguments.</param>
    public static IReadOnlyList<ArgumentSpec> With(double learningRate, params IReadOnlyList<ArgumentSpec> own) =>
    [
        Arg.Number("learning_rate", "Step size, where no schedule says otherwise.", learningRate, min: 0, max: 1e6),
        .. own,
        Arg.Number("weight_decay", "Decoupled decay: w -= w · weight_decay · learning_rate before the update.", min: 0, max: 1e6, nullable: true),
        Arg.Number("clipnorm", "Largest L2 norm of each variable's gradient.", min: 0, minExclusive: true, nullable: true),
        Arg.Number("global_clipnorm", "Largest L2 norm of all gradients together.", min: 0, minExclusive: true, nullable: true),
        Arg.Number("clipvalue", "Largest absolute value of each element of a gradient.", min: 0, minExclusive: true, nullable: true),
    ];

    /// <summary>Puts the common arguments into an optimizer.</summary>
    /// <exception cref="ArgumentException">More than one way of clipping.</exception>
    public static T Fill<T>(Arguments a, T optimizer)
        where T : Optimizer
    {
        optimizer.LearningRate = a.Number("learning_rate");
        optimizer.WeightDecay = a.OptionalNumber("weight_decay");
        optimizer.ClipNorm = a.OptionalNumber("clipnorm");
        optimizer.GlobalClipNorm = a.OptionalNumber("global_clipnorm");
        optimizer.ClipValue = a.OptionalNumber("clipvalue");
        int clippings = (optimizer.ClipNorm is null ? 0 : 1) + (optimizer.GlobalClipNorm is null ? 0 : 1) + (optimizer.ClipValue is null ? 0 : 1);
        return clippings <= 1 ? optimizer : throw new ArgumentException("At most one of clipnorm, global_clipnorm and clipvalue may be given.");
    }
}
