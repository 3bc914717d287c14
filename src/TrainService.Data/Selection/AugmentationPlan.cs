using TrainService.Data.Augmentation;
using TrainService.Data.Descriptions;
using TrainService.Data.Preprocessing;
using TrainService.Specification;

namespace TrainService.Data.Selection;

/// <summary>What a request's <c>augment</c> comes to: changes to the training rows, and steps for all rows, which Keras names in the same place.</summary>
internal static class AugmentationPlan
{
    private const string Pointer = $"{Selector.Root}/augment";

    /// <summary>Null when nothing is changed at random, or something is wrong.</summary>
    /// <param name="oneHot">Class numbers become vectors.</param>
    public static AugmentationSettings? Read(Arguments asked, Selected selected, bool oneHot, List<SpecError> errors)
    {
        if (new AugmentationReader(asked, Pointer, errors).Read() is not { } settings) return null;
        if (!IsPictures(selected.Dataset))
            errors.Add(NoPictures(Pointer, selected.Dataset));
        else if (settings.MixupAlpha is not null && selected.Target is { Kind: TargetKind.Class, ClassNames.Count: > 2 } && !oneHot)
            errors.Add(new($"{Pointer}/mixup", "conflict", "mixup blends targets, and numbers of classes can't be blended: add \"one_hot\" to preprocess, with a loss that takes rows of "
                + "shares, such as categorical_crossentropy."));
        return settings.IsNone ? null : settings;
    }

    public static bool IsPictures(DatasetDescription dataset) => dataset.Columns is null && dataset.InputShape.Count is 2 or 3;

    public static SpecError NoPictures(string pointer, DatasetDescription dataset) => new(pointer, "conflict",
        $"Only pictures can be changed: rows of shape [height, width] or [height, width, channels]. '{dataset.Name}' has rows of shape [{string.Join(", ", dataset.InputShape)}].");

    /// <summary>In Keras's order: rescaled, then each picture by itself, then by channels.</summary>
    /// <param name="scale">What stored values are multiplied by anyway.</param>
    public static IEnumerable<Preprocessor> StepsFor(Arguments asked, double scale)
    {
        if (asked.OptionalNumber("rescale") is { } factor && Math.Abs((factor / scale) - 1) > 1e-6) yield return new Rescale((float)(factor / scale), 0);
        (bool center, bool divide) = (asked.Flag("samplewise_center"), asked.Flag("samplewise_std_normalization"));
        if (center || divide) yield return new Samplewise(center, divide);
        (center, divide) = (asked.Flag("featurewise_center"), asked.Flag("featurewise_std_normalization"));
        if (center || divide) yield return new Featurewise(center, divide);
    }
}
