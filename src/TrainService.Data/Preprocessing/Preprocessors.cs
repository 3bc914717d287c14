using TrainService.Specification;

namespace TrainService.Data.Preprocessing;

/// <summary>Every preprocessing step that a job can ask for.</summary>
public static class Preprocessors
{
    public static ComponentRegistry Registry { get; } = new("preprocessor", Standardize.Descriptor, MinMax.Descriptor, Rescale.Descriptor,
        ImagenetScaling.Descriptor, OneHot.Descriptor);
}
