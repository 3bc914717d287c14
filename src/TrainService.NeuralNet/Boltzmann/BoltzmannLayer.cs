using TrainService.NeuralNet.Activations;
using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Layers;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Regularizers;
using TrainService.NeuralNet.State;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Boltzmann;

/// <summary>
/// The tensors of a restricted Boltzmann machine: what a dense layer of sigmoid units has, and a bias of its inputs beside them. As a layer it is that
/// dense layer: the hidden units' probabilities, σ(v·W + b).
/// </summary>
/// <remarks>v: [visible]; W (kernel): [visible, units]; b (bias): [units]; a (visible_bias): [visible].</remarks>
/// <param name="weightDecay">c of the penalty c/2 ‖W‖²: its gradient is c W.</param>
public sealed class BoltzmannLayer(int units, Initializer kernelInitializer, double weightDecay) : Layer
{
    /// <summary>Names of the tensors.</summary>
    public const string Kernel = "kernel", Bias = "bias", VisibleBias = "visible_bias";

    private readonly Dense _upward = new(units, new ElementwiseActivation<Sigmoid>(default), useBias: true, kernelInitializer, new Constant(0f));

    /// <inheritdoc/>
    public override string TypeName => "boltzmann";

    /// <inheritdoc/>
    public override Shape OutputShape(IReadOnlyList<Shape> inputs) => Single(inputs) is { Rank: 1 }
        ? new Shape(units)
        : throw new LayerShapeException($"takes a row of units, got {inputs[0]}: put flatten before it.");

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters(IReadOnlyList<Shape> inputs) =>
    [
        new(Kernel, new Shape(inputs[0][-1], units), kernelInitializer, true, ParameterLayout.Panels)
        {
            Regularizer = weightDecay == 0 ? null : new ElementwisePenalty(0, weightDecay / 2),
        },
        new(Bias, new Shape(units), new Constant(0f), true, ParameterLayout.Flat),
        new(VisibleBias, new Shape(inputs[0][-1]), new Constant(0f), true, ParameterLayout.Flat),
    ];

    /// <inheritdoc/>
    public override long Flops(IReadOnlyList<Shape> inputs) => 2 * inputs[0].Size * units;

    /// <inheritdoc/>
    public override Value Build(LayerBuild build) => _upward.Build(build);
}
