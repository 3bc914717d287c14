using TrainService.NeuralNet.Activations;

namespace TrainService.NeuralNet.Tests.Activations;

/// <summary>Activations as Keras's models write them when they were given as layers or functions.</summary>
public class KerasFormTests
{
    [Theory]
    [InlineData("""{"class_name": "ReLU", "config": {"name": "re_lu", "trainable": true, "max_value": 6.0, "negative_slope": 0.0, "threshold": 0.0}}""", typeof(ElementwiseActivation<Relu6>))]
    [InlineData("""{"class_name": "ReLU", "config": {"max_value": null, "negative_slope": 0.1, "threshold": 0.0}}""", typeof(ElementwiseActivation<LeakyRelu>))]
    [InlineData("""{"class_name": "LeakyReLU", "config": {"name": "leaky_re_lu", "negative_slope": 0.3}}""", typeof(ElementwiseActivation<LeakyRelu>))]
    [InlineData("""{"class_name": "ELU", "config": {"alpha": 1.0}}""", typeof(ElementwiseActivation<Elu>))]
    [InlineData("""{"module": "builtins", "class_name": "function", "config": "silu", "registered_name": "function"}""", typeof(ElementwiseActivation<Swish>))]
    public void Is_understood(string json, Type expected) => Parts.Of<Activation>("activation", json).ShouldBeOfType(expected);
}
