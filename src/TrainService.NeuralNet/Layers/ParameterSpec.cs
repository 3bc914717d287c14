using TrainService.NeuralNet.Constraints;
using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Regularizers;
using TrainService.NeuralNet.State;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers;

/// <summary>A tensor that a layer keeps.</summary>
/// <param name="Name">Its role: kernel, bias, gamma …</param>
/// <param name="Shape">As Keras has it.</param>
/// <param name="Initializer">Its start values.</param>
/// <param name="Trainable">False for moving statistics.</param>
/// <param name="Layout">How the kernels read it.</param>
public sealed record ParameterSpec(string Name, Shape Shape, Initializer Initializer, bool Trainable, ParameterLayout Layout)
{
    /// <summary>Its penalty in the loss.</summary>
    public Regularizer? Regularizer { get; init; }

    /// <summary>What it is put back into after each update.</summary>
    public Constraint? Constraint { get; init; }
}
