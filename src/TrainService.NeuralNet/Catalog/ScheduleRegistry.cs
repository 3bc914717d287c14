using TrainService.NeuralNet.Callbacks;
using TrainService.NeuralNet.Schedules;
using TrainService.Specification;

namespace TrainService.NeuralNet.Catalog;

public static partial class Registries
{
    public static ComponentRegistry Schedules { get; } = new("schedule",
        OneCycle.Descriptor,
        Performance.Descriptor,
        ConstantRate.Descriptor,
        ExponentialDecay.Descriptor,
        InverseTimeDecay.Descriptor,
        StepDecay.Descriptor,
        PiecewiseConstant.Descriptor,
        PolynomialDecay.LinearDescriptor,
        PolynomialDecay.Descriptor,
        CosineDecay.Descriptor,
        CosineRestarts.Descriptor,
        Cyclical.Descriptor,
        Warmup.Descriptor,
        Interpolated.Descriptor)
    {
        Introduction = Introductions.Schedules,
    };

    public static ComponentRegistry Callbacks { get; } = new("callback",
        EarlyStopping.Descriptor,
        ReduceLROnPlateau.Descriptor)
    {
        Introduction = Introductions.Callbacks,
        Refused = RefusedCallbacks.All,
    };
}
