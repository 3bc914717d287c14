using TrainService.Specification;

namespace TrainService.NeuralNet.Regularizers;

/// <summary>The names of <see cref="ElementwisePenalty"/>, with Keras's arguments and defaults.</summary>
public static class ElementwisePenalties
{
    public static ComponentDescriptor<Regularizer> L1 { get; } = new("l1", a => new ElementwisePenalty(a.Number("l1"), 0))
    {
        KerasName = "L1",
        Summary = "Adds l1·Σ|w| to the loss: many weights end at or near 0.",
        Advice = "For a sparse model; start at 1e-4, and look at how many weights remain.",
        Source = "Tibshirani 1996; Keras L1",
        Arguments = [Arg.Number("l1", "Factor of the sum of magnitudes.", 0.01, min: 0)],
    };

    public static ComponentDescriptor<Regularizer> L2 { get; } = new("l2", a => new ElementwisePenalty(0, a.Number("l2")))
    {
        KerasName = "L2",
        Summary = "Adds l2·Σw² to the loss: keeps weights small.",
        Advice = "The usual remedy for a dense network that overfits; 0.01 to 1e-4. With Adam prefer adamw's weight_decay.",
        Source = "Hoerl, Kennard 1970; Keras L2",
        Arguments = [Arg.Number("l2", "Factor of the sum of squares.", 0.01, min: 0)],
    };

    public static ComponentDescriptor<Regularizer> Both { get; } = new("l1_l2", a => new ElementwisePenalty(a.Number("l1"), a.Number("l2")))
    {
        KerasName = "L1L2",
        Aliases = ["l1l2"],
        Summary = "Adds l1·Σ|w| + l2·Σw² to the loss; without arguments nothing, as in Keras.",
        Advice = "When weights should be sparse and small at once; give both factors.",
        Source = "Zou, Hastie 2005; Keras L1L2",
        Arguments =
        [
            Arg.Number("l1", "Factor of the sum of magnitudes.", 0, min: 0),
            Arg.Number("l2", "Factor of the sum of squares.", 0, min: 0),
        ],
    };
}
