using TrainService.Specification;

namespace TrainService.Data.Preprocessing;

/// <summary>Every preprocessing step that a job can ask for.</summary>
public static class Preprocessors
{
    public static ComponentRegistry Registry { get; } = new("preprocessor", Standardize.Descriptor, MinMax.Descriptor, Rescale.Descriptor,
        ImagenetScaling.Descriptor, Samplewise.Descriptor, Featurewise.Descriptor, OneHot.Descriptor)
    {
        Introduction = "What is done to the rows before the network sees them. It is fitted on the training rows alone, and travels with the checkpoint: predict takes raw inputs. "
            + "standardize is right for tables, and what selu requires; pictures are in [0, 1] already.",
    };
}
