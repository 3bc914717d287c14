using TrainService.NeuralNet.Activations;

namespace TrainService.NeuralNet.Tests.Activations;

/// <summary>Activations as Keras's models write them when they were given as layers or functions.</summary>
public class KerasFormTests
{
    [Theory]
    [InlineData("ReLU", """{"name": "re_lu", "max_value": 6.0, "negative_slope": 0.0, "threshold": 0.0}""", typeof(Relu6))]
    [InlineData("ReLU", """{"max_value": null, "negative_slope": 0.1, "threshold": 0.0}""", typeof(LeakyRelu))]
    [InlineData("ReLU", """{"max_value": 3.0, "negative_slope": 0.1, "threshold": 1.0}""", typeof(BoundedRelu))]
    [InlineData("LeakyReLU", """{"name": "leaky_re_lu", "negative_slope": 0.3}""", typeof(LeakyRelu))]
    [InlineData("ELU", """{"alpha": 1.0}""", typeof(Elu))]
    [InlineData("function", "\"silu\"", typeof(Swish))]
    public void Is_understood(string name, string config, Type kernel)
        => Parts.Of<Activation>("activation", $$"""{"class_name": "{{name}}", "config": {{config}}, "registered_name": null}""")
            .GetType().ShouldBe(typeof(ElementwiseActivation<>).MakeGenericType(kernel));
}
