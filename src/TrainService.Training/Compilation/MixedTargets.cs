using TrainService.Data.Preprocessing;
using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Metrics;
using TrainService.Specification;

namespace TrainService.Training.Compilation;

/// <summary>
/// Mixup blends targets, which numbers of classes can't be. A job that asks for sparse_categorical_crossentropy is resolved to what means the same for rows of shares:
/// one_hot behind its other preprocessing, categorical_crossentropy with the same arguments, categorical_accuracy. All else that takes numbers of classes is refused.
/// </summary>
internal static class MixedTargets
{
    private const string Loss = "loss", Dataset = "dataset", Preprocess = "preprocess";

    public static JobReading Resolve(JobReading reading)
    {
        if (reading.Arguments.OptionalObject(Dataset) is not { } dataset || dataset.OptionalObject("augment")?.OptionalObject("mixup") is null) return reading;
        if (reading.Arguments.OptionalValue(Loss) is not { } loss || loss.Descriptor.Name != SparseCategoricalCrossentropy.Descriptor.Name) return reading;
        IReadOnlyList<ComponentValue> steps = dataset.Has(Preprocess) ? dataset.ValueList(Preprocess) : [];
        if (steps.Any(s => s.Descriptor.Name == OneHot.Descriptor.Name)) return reading;
        Arguments job = reading.Arguments
            .With(Dataset, dataset.With(Preprocess, (ComponentValue[])[.. steps, new(OneHot.Descriptor, Arguments.None)]))
            .With(Loss, loss with { Descriptor = CategoricalCrossentropy.Descriptor });
        foreach (string metrics in (string[])["metrics", "weighted_metrics"])
            if (job.Has(metrics)) job = job.With(metrics, (ComponentValue[])[.. job.ValueList(metrics).Select(Soft)]);
        JobSpec? spec = reading.Spec;
        foreach (string name in (string[])[Dataset, Loss, "metrics", "weighted_metrics"])
            if (job.Has(name)) spec = spec?.With(name, job.Values[name]);
        return new JobReading(job, reading.Errors, spec);
    }

    private static ComponentValue Soft(ComponentValue metric)
        => metric.Descriptor.Name == SparseCategoricalAccuracy.Descriptor.Name ? metric with { Descriptor = CategoricalAccuracy.Descriptor } : metric;
}
