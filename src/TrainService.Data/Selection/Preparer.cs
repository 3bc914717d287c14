using TrainService.Data.Augmentation;
using TrainService.Data.Descriptions;
using TrainService.Data.Preprocessing;
using TrainService.Data.Requests;
using TrainService.Data.Rows;
using TrainService.Tensors;
using TrainService.Tensors.Randomness;

namespace TrainService.Data.Selection;

/// <summary>Carries a plan out on open datasets: chooses rows, fits the preprocessing on the training rows, and puts the sources together.</summary>
internal static class Preparer
{
    // Streams of the purpose "split", one for each choice.
    private const uint LimitStream = 1, ValidationStream = 2;

    public static PreparedData Prepare(RequestPlan plan, Dataset dataset, Dataset? other, ulong seed, CancellationToken ct)
    {
        var own = new PartSource(plan.Selected, plan.Selected.Dataset, plan.Selected.Renumbering);
        bool classes = plan.Selected.Target.Kind == TargetKind.Class;
        Split all = own.Of(dataset.Train);
        // Read once: sorting rows by class and leaving some out both need them.
        int[]? labels = classes && (own.Renumbering is not null || plan.Split == SplitKind.Stratified) ? Import.Divider.Labels(all.Targets) : null;
        int[] rows = Kept(all.Count, own.Renumbering is null ? null : labels);
        // What limit would have chosen of so many: a job with that limit and this one share no row.
        if (plan.Skip > 0) rows = Choose(rows, labels, plan, plan.Skip, first: true, new(seed, RandomPurpose.Split, LimitStream)).Others;
        if (rows.Length > plan.Rows) rows = Choose(rows, labels, plan, plan.Rows, first: true, new(seed, RandomPurpose.Split, LimitStream)).Chosen;
        (int[] aside, int[] train) = plan.SetAside == 0 ? ([], rows)
            : Choose(rows, labels, plan, plan.SetAside, first: false, new(seed, RandomPurpose.Split, ValidationStream));
        ct.ThrowIfCancellationRequested();
        Split training = Part(all, train);
        FittedStep[] steps = Fit(plan, training.Inputs, ct);
        Split? validation = plan.SetAside > 0 ? Part(all, aside)
            : plan.OtherValidation is { } source ? Whole(source, other!.Train)
            : dataset.Validation is { } kept ? Whole(own, kept) : null;
        Split? test = dataset.Test is { } tested ? Whole(own, tested) : null;
        Split finished = Finish(training, steps, plan.Selected, plan.OneHot)!;
        return new()
        {
            Described = plan.Described,
            Train = finished,
            Augmented = plan.Augment is { } augment
                ? new AugmentedRows(training.Inputs, finished.Targets, steps, augment, plan.Described.InputShape, (float)plan.Selected.Dataset.Scale,
                    plan.Selected.Dataset.StoredType == "uint8", seed)
                : null,
            Validation = Finish(validation, steps, plan.Selected, plan.OneHot),
            Test = Finish(test, steps, plan.Selected, plan.OneHot),
            Preprocessing = new()
            {
                InputShape = plan.Described.InputShape,
                Scale = plan.Selected.Dataset.Scale,
                Columns = plan.Selected.Features is { } features ? [.. features.Select(InputColumn.Of)] : null,
                Pictures = plan.Selected.Dataset.Pictures?.Fit,
                Steps = steps,
            },
        };
    }

    private static int[] Kept(int count, int[]? labels)
    {
        IEnumerable<int> rows = Enumerable.Range(0, count);
        return [.. labels is null ? rows : rows.Where(row => labels[row] >= 0)];
    }

    /// <param name="first">For a split by order: take the first rows rather than the last.</param>
    private static (int[] Chosen, int[] Others) Choose(int[] rows, int[]? labels, RequestPlan plan, int take, bool first, PhiloxStream random)
    {
        bool[] chosen = plan.Split switch
        {
            SplitKind.Tail => [.. Enumerable.Range(0, rows.Length).Select(i => first ? i < take : i >= rows.Length - take)],
            SplitKind.Stratified => RowChoice.Stratified([.. rows.Select(row => labels![row])], plan.Selected.Target.ClassNames!.Count, take, random),
            _ => RowChoice.Random(rows.Length, take, random),
        };
        return ([.. rows.Where((_, i) => chosen[i])], [.. rows.Where((_, i) => !chosen[i])]);
    }

    /// <summary>All rows of a part but those of classes that were not selected.</summary>
    public static Split Whole(PartSource source, Split part) => WholeWithNumbers(source, part).Rows;

    /// <summary>The same, and which rows of the part they are.</summary>
    public static (Split Rows, int[] Numbers) WholeWithNumbers(PartSource source, Split part)
    {
        Split all = source.Of(part);
        int[] kept = Kept(all.Count, source.Renumbering is null ? null : Import.Divider.Labels(all.Targets));
        return (Part(all, kept), kept);
    }

    private static Split Part(Split all, int[] rows)
    {
        if (rows.Length == all.Count) return all;
        ReadOnlyMemory<float> weights = all.SampleWeights;
        return new(new IndexedRows(all.Inputs, rows), new IndexedRows(all.Targets, rows), weights.IsEmpty ? default : (float[])[.. rows.Select(row => weights.Span[row])]);
    }

    private static FittedStep[] Fit(RequestPlan plan, RowSource training, CancellationToken ct)
    {
        List<FittedStep> steps = [];
        bool[] numeric = plan.Selected.NumericInputs();
        foreach (Preprocessor step in plan.Steps)
        {
            ct.ThrowIfCancellationRequested();
            steps.Add(step.Fit(steps.Count == 0 ? training : new PreprocessedRows(training, [.. steps]), plan.Described.InputShape, numeric));
        }
        return [.. steps];
    }

    /// <summary>The rows as the network sees them; null when there are none.</summary>
    public static Split? Finish(Split? part, FittedStep[] steps, Selected selected, bool oneHot)
    {
        if (part is null || part.Count == 0) return null;
        RowSource inputs = steps.Length == 0 ? part.Inputs : new PreprocessedRows(part.Inputs, steps);
        return part with
        {
            Inputs = inputs,
            Targets = selected.Target.Kind == TargetKind.Inputs ? inputs : oneHot ? new OneHotRows(part.Targets, selected.Target.ClassNames!.Count) : part.Targets,
        };
    }
}
