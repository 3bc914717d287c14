using TrainService.NeuralNet.Callbacks;
using TrainService.NeuralNet.Schedules;
using TrainService.Specification;

namespace TrainService.NeuralNet.Catalog;

public static partial class Registries
{
    public static ComponentRegistry Schedules { get; } = new("schedule",
        OneCycle.Descriptor,
        ConstantRate.Descriptor,
        ExponentialDecay.Descriptor,
        Performance.Descriptor);

    public static ComponentRegistry Callbacks { get; } = new("callback",
        EarlyStopping.Descriptor,
        ReduceLROnPlateau.Descriptor);
}
