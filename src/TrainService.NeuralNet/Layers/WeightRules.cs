using TrainService.NeuralNet.Constraints;
using TrainService.NeuralNet.Regularizers;
using TrainService.Specification;

namespace TrainService.NeuralNet.Layers;

/// <summary>Penalties and constraints of a layer with a kernel and a bias, under Keras's names.</summary>
public sealed record WeightRules
{
    public static WeightRules None { get; } = new();

    public static IReadOnlyList<ArgumentSpec> Arguments { get; } =
    [
        Arg.Component("kernel_regularizer", "regularizer", "Penalty on the kernel, added to the loss.", nullable: true),
        Arg.Component("bias_regularizer", "regularizer", "Penalty on the bias, added to the loss.", nullable: true),
        Arg.Component("activity_regularizer", "regularizer", "Penalty on the layer's output, divided by the rows of the batch, as Keras does since 3.14.", nullable: true),
        Arg.Component("kernel_constraint", "constraint", "What the kernel is put back into after each update.", nullable: true),
        Arg.Component("bias_constraint", "constraint", "What the bias is put back into after each update.", nullable: true),
    ];

    /// <summary>Those of a layer whose kernels have names of their own.</summary>
    public static IReadOnlyList<ArgumentSpec> OtherArguments { get; } = [.. Arguments.Where(a => !a.Name.StartsWith("kernel_", StringComparison.Ordinal))];

    /// <inheritdoc cref="OtherArguments"/>
    public static WeightRules WithoutKernel(Arguments a) => new()
    {
        BiasRegularizer = a.OptionalComponent<Regularizer>("bias_regularizer"),
        ActivityRegularizer = OnActivity(a),
        BiasConstraint = a.OptionalComponent<Constraint>("bias_constraint"),
    };

    public Regularizer? KernelRegularizer { get; init; }

    public Regularizer? BiasRegularizer { get; init; }

    public Regularizer? ActivityRegularizer { get; init; }

    public Constraint? KernelConstraint { get; init; }

    public Constraint? BiasConstraint { get; init; }

    /// <exception cref="ArgumentConflictException">A penalty of matrices is asked for on the output.</exception>
    public static WeightRules From(Arguments a) => new()
    {
        KernelRegularizer = a.OptionalComponent<Regularizer>("kernel_regularizer"),
        BiasRegularizer = a.OptionalComponent<Regularizer>("bias_regularizer"),
        ActivityRegularizer = OnActivity(a),
        KernelConstraint = a.OptionalComponent<Constraint>("kernel_constraint"),
        BiasConstraint = a.OptionalComponent<Constraint>("bias_constraint"),
    };

    /// <summary>The argument <c>activity_regularizer</c>.</summary>
    internal static Regularizer? OnActivity(Arguments a) => a.OptionalComponent<Regularizer>("activity_regularizer") is not WholeRegularizer and var regularizer
        ? regularizer
        : throw new ArgumentConflictException("activity_regularizer", "This penalty is one of weights; on outputs take l1, l2 or l1_l2.");

    /// <summary>The kernel with its rules.</summary>
    public ParameterSpec OnKernel(ParameterSpec kernel) => kernel with { Regularizer = KernelRegularizer, Constraint = KernelConstraint };

    /// <summary>The bias with its rules.</summary>
    public ParameterSpec OnBias(ParameterSpec bias) => bias with { Regularizer = BiasRegularizer, Constraint = BiasConstraint };
}
