using TrainService.NeuralNet.Activations;
using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Metrics;
using TrainService.NeuralNet.Optimizers;
using TrainService.Specification;

namespace TrainService.NeuralNet.Catalog;

/// <summary>Every component of the engine, one line each, by category. The order is the order of the catalog.</summary>
public static partial class Registries
{
    public static ComponentRegistry Activations { get; } = new("activation",
        Linear.Descriptor,
        Relu.Descriptor,
        LeakyRelu.Descriptor,
        RandomizedRelu.Descriptor,
        Relu6.Descriptor,
        Elu.Descriptor,
        Selu.Descriptor,
        Gelu.Descriptor,
        Swish.Descriptor,
        Mish.Descriptor,
        Softplus.Descriptor,
        Softsign.Descriptor,
        Sigmoid.Descriptor,
        HardSigmoid.Descriptor,
        HardSwish.Descriptor,
        Tanh.Descriptor,
        Exponential.Descriptor,
        Softmax.Descriptor,
        LogSoftmax.Descriptor)
    {
        Introduction = Introductions.Activations,
    };

    public static ComponentRegistry Initializers { get; } = new("initializer",
        GlorotUniform.Descriptor,
        GlorotNormal.Descriptor,
        HeUniform.Descriptor,
        HeNormal.Descriptor,
        LecunUniform.Descriptor,
        LecunNormal.Descriptor,
        VarianceScaling.Descriptor,
        Zeros.Descriptor,
        Ones.Descriptor,
        Constant.Descriptor,
        RandomNormal.Descriptor,
        RandomUniform.Descriptor,
        TruncatedNormal.Descriptor,
        Orthogonal.Descriptor,
        Identity.Descriptor,
        Fixup.Descriptor)
    {
        Introduction = Introductions.Initializers,
    };

    public static ComponentRegistry Losses { get; } = new("loss",
        SparseCategoricalCrossentropy.Descriptor,
        CategoricalCrossentropy.Descriptor,
        BinaryCrossentropy.Descriptor,
        MeanSquaredError.Descriptor,
        MeanAbsoluteError.Descriptor,
        Huber.Descriptor,
        LogCosh.Descriptor,
        MeanAbsolutePercentageError.Descriptor,
        MeanSquaredLogarithmicError.Descriptor,
        KLDivergence.Descriptor,
        Poisson.Descriptor,
        Hinge.Descriptor,
        SquaredHinge.Descriptor,
        CategoricalHinge.Descriptor,
        CosineSimilarity.Descriptor,
        BinaryFocalCrossentropy.Descriptor,
        CategoricalFocalCrossentropy.Descriptor,
        Contrastive.Descriptor,
        Triplet.Descriptor)
    {
        Introduction = Introductions.Losses,
    };

    public static ComponentRegistry Optimizers { get; } = new("optimizer",
        Sgd.Descriptor,
        Adam.Descriptor,
        AdamW.Descriptor,
        Nadam.Descriptor,
        RmsProp.Descriptor,
        Adagrad.Descriptor,
        Adadelta.Descriptor,
        Adamax.Descriptor,
        Lion.Descriptor,
        Ftrl.Descriptor)
    {
        Introduction = Introductions.Optimizers,
    };

    /// <summary>These make a <see cref="MetricFactory"/>, which the loss and the number of outputs turn into a metric.</summary>
    public static ComponentRegistry Metrics { get; } = new("metric",
        Accuracy.Descriptor,
        BinaryAccuracy.Descriptor,
        CategoricalAccuracy.Descriptor,
        SparseCategoricalAccuracy.Descriptor,
        TopKAccuracy.Descriptor,
        Crossentropy.Descriptor,
        Precision.Descriptor,
        Recall.Descriptor,
        F1Score.Descriptor,
        AreaUnderCurve.Descriptor,
        LossMetric.Of(MeanSquaredError.Descriptor),
        LossMetric.Of(MeanAbsoluteError.Descriptor),
        RootMeanSquaredError.Descriptor,
        R2Score.Descriptor,
        LossMetric.Of(MeanAbsolutePercentageError.Descriptor),
        LossMetric.Of(MeanSquaredLogarithmicError.Descriptor),
        LossMetric.Of(LogCosh.Descriptor),
        CosineSimilarityMetric.Descriptor,
        LossMetric.Of(BinaryCrossentropy.Descriptor),
        LossMetric.Of(CategoricalCrossentropy.Descriptor),
        LossMetric.Of(SparseCategoricalCrossentropy.Descriptor),
        LossMetric.Of(KLDivergence.Descriptor),
        LossMetric.Of(Poisson.Descriptor),
        LossMetric.Of(Hinge.Descriptor),
        LossMetric.Of(SquaredHinge.Descriptor),
        LossMetric.Of(CategoricalHinge.Descriptor))
    {
        Common = [NamedMetric.Argument],
        Introduction = Introductions.Metrics,
    };
}
