using TrainService.Data.Augmentation;
using TrainService.Data.Descriptions;
using TrainService.Data.Preprocessing;
using TrainService.Data.Requests;
using TrainService.Specification;

namespace TrainService.Data.Selection;

/// <summary>Checks a request against descriptions, finding every mistake at once.</summary>
internal static class Planner
{
    private const string Root = Selector.Root;

    /// <param name="validation">The dataset called <c>validation</c>, when there is one.</param>
    public static RequestPlan? Plan(DatasetDescription dataset, DatasetDescription? validation, DatasetRequest request, List<SpecError> errors)
    {
        int before = errors.Count;
        Selected? selected = Selector.Select(dataset, request, errors);
        List<Preprocessor> steps = MakeSteps(request, errors);
        if (request.ValidationSplit is not null && request.Validation is not null)
            errors.Add(new($"{Root}/validation_split", "conflict", "Give either validation_split or validation, not both."));
        if (selected is null) return null;
        bool classes = selected.Target.Kind == TargetKind.Class;
        int oneHot = steps.FindIndex(s => s.OnTargets);
        if (oneHot >= 0 && !classes) errors.Add(new($"{Root}/preprocess/{oneHot}", "conflict", "one_hot needs class targets; these are numbers.", "one_hot"));
        for (int i = 0; i < steps.Count; i++)
            if (steps[i].Problem(selected.InputShape) is { } problem)
                errors.Add(new($"{Root}/preprocess/{i}", "conflict", problem, steps[i].Name));
        if (request.Split == SplitKind.Stratified && !classes) errors.Add(new($"{Root}/split", "conflict", "A stratified split needs class targets; use random or tail.", "stratified"));
        if (selected.Counts.Train == 0) errors.Add(new($"{Root}/classes", "conflict", "No training rows have these classes."));
        AugmentationSettings? augment = request.Augment is { } asked ? AugmentationPlan.Read(asked, selected, oneHot >= 0, errors) : null;
        (PartSource Source, int Rows)? other = validation is null ? null : ValidationMatch.Of(selected, validation, request.Classes is not null, $"{Root}/validation", errors);
        int skip = request.Skip ?? 0;
        if (skip > 0 && skip >= selected.Counts.Train)
            errors.Add(new($"{Root}/skip", "out_of_range", $"Leaving out {skip:N0} of {selected.Counts.Train:N0} rows leaves none to train on.", skip));
        int rows = Math.Min(request.Limit ?? int.MaxValue, Math.Max(selected.Counts.Train - skip, 0)), aside = SetAside(request, rows, errors);
        if (errors.Count > before) return null;
        int? validates = request.ValidationSplit is not null ? aside : other?.Rows ?? selected.Counts.Validation;
        return new()
        {
            Selected = selected,
            Split = request.Split ?? (classes ? SplitKind.Stratified : SplitKind.Random),
            Skip = skip,
            Rows = rows,
            SetAside = aside,
            OtherValidation = other?.Source,
            Steps = [.. request.Augment is { } whole ? AugmentationPlan.StepsFor(whole, dataset.Scale) : [], .. steps.Where(s => !s.OnTargets)],
            OneHot = oneHot >= 0,
            Described = new()
            {
                Dataset = dataset,
                InputShape = selected.InputShape,
                Target = oneHot >= 0 ? selected.Target with { Kind = TargetKind.Vector, Shape = [selected.Target.ClassNames!.Count] } : selected.Target,
                TargetColumns = classes ? null : TargetColumnsOf(selected, dataset, validation),
                // A selection of classes may leave nothing of a part.
                Counts = new(rows - aside, validates is 0 ? null : validates, selected.Counts.Test is 0 ? null : selected.Counts.Test),
                Augment = augment,
                Warnings = Advice.For(selected, request, steps),
            },
        };
    }

    private static TargetColumn[]? TargetColumnsOf(Selected selected, DatasetDescription dataset, DatasetDescription? validation)
    {
        TargetColumn[]? own = TargetColumnsOf(selected, dataset), other = validation is null ? null : TargetColumnsOf(selected, validation);
        return own is null || validation is null ? own : other is null || other.Length != own.Length ? null : [.. own.Zip(other, (a, b) => a.And(b))];
    }

    private static TargetColumn[]? TargetColumnsOf(Selected selected, DatasetDescription dataset)
    {
        if (selected.Target.Kind == TargetKind.Inputs) return null;
        if (dataset.Columns is not { } columns) return dataset.Statistics?.TargetColumns is { } known ? [.. known] : null;
        ColumnDescription[] labels = [.. (selected.Target.Columns ?? []).Select(name => columns.FirstOrDefault(c => c.Name == name)).OfType<ColumnDescription>()];
        return labels.All(l => l.WholeNumbers is not null || l.Statistics is not null)
            ? [.. labels.Select(l => l.WholeNumbers is { } whole ? new TargetColumn(whole[0], whole[^1], true) : new TargetColumn(l.Statistics!.Minimum, l.Statistics.Maximum, false))]
            : null;
    }

    // As Keras counts: the first ⌊n·(1-f)⌋ rows train.
    private static int SetAside(DatasetRequest request, int rows, List<SpecError> errors)
    {
        if (request.ValidationSplit is not { } share || rows == 0) return 0;
        int train = (int)Math.Floor(rows * (1 - share));
        if (train > 0 && train < rows) return rows - train;
        errors.Add(new($"{Root}/validation_split", "out_of_range",
            $"{share} of {rows:N0} rows leaves {(train == 0 ? "none to train on" : "none to validate on")}.", share));
        return 0;
    }

    private static List<Preprocessor> MakeSteps(DatasetRequest request, List<SpecError> errors)
    {
        List<Preprocessor> steps = [.. request.Preprocess.Select(step => (Preprocessor)step.Create())];
        if (steps.Count(s => s.OnTargets) > 1) errors.Add(new($"{Root}/preprocess", "conflict", "one_hot can be applied only once.", "one_hot"));
        return steps;
    }
}
