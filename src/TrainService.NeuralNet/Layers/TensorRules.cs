using TrainService.NeuralNet.Constraints;
using TrainService.NeuralNet.Regularizers;
using TrainService.Specification;

namespace TrainService.NeuralNet.Layers;

/// <summary>Penalty and constraint of one tensor of a layer, as Keras names them: <c>gamma_regularizer</c>, <c>gamma_constraint</c>.</summary>
public sealed record TensorRules(Regularizer? Regularizer, Constraint? Constraint)
{
    public static TensorRules None { get; } = new(null, null);

    /// <param name="role">First part of the names: gamma, depthwise …</param>
    /// <param name="what">The tensor, in words.</param>
    public static IReadOnlyList<ArgumentSpec> Arguments(string role, string what) =>
    [
        Arg.Component($"{role}_regularizer", "regularizer", $"Penalty on {what}, added to the loss.", nullable: true),
        Arg.Component($"{role}_constraint", "constraint", $"What {what} is put back into after each update.", nullable: true),
    ];

    public static TensorRules From(Arguments a, string role)
        => new(a.OptionalComponent<Regularizer>($"{role}_regularizer"), a.OptionalComponent<Constraint>($"{role}_constraint"));

    /// <summary>The tensor with its rules.</summary>
    public ParameterSpec On(ParameterSpec tensor) => tensor with { Regularizer = Regularizer, Constraint = Constraint };
}
