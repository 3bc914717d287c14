using TrainService.Data.Descriptions;
using TrainService.Data.Fashion;
using TrainService.Data.Import;
using TrainService.Data.Preprocessing;
using TrainService.Data.Requests;
using TrainService.Data.Selection;
using TrainService.Data.Storage;
using TrainService.Data.Synthetic;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Data;

/// <summary>All datasets: the built-in ones and those uploaded into one folder. Any number of threads at once; several processes may share the folder.</summary>
public sealed class DatasetLibrary
{
    private const string NamePointer = $"{Selector.Root}/name", ValidationPointer = $"{Selector.Root}/validation";

    private readonly DatasetFolder _folder;
    private readonly FashionMnistDataset _fashion;

    /// <param name="root">Where uploads are kept; made when it isn't there.</param>
    public DatasetLibrary(string root, DatasetLibraryOptions options)
    {
        Root = Path.GetFullPath(root);
        Options = options;
        Directory.CreateDirectory(Root);
        _folder = new DatasetFolder(Root);
        string builtIn = Path.Combine(Root, ".built-in");
        Directory.CreateDirectory(builtIn);
        string own = Path.Combine(builtIn, "sources", Fashion.FashionMnist.Name);
        FashionMnist = options.FashionMnist with { Folders = [own, .. options.FashionMnist.Folders], DownloadFolder = options.FashionMnist.DownloadFolder ?? own };
        _fashion = new FashionMnistDataset(Path.Combine(builtIn, Fashion.FashionMnist.Name), FashionMnist);
    }

    public string Root { get; }

    public DatasetLibraryOptions Options { get; }

    /// <summary>What to give <see cref="Fashion.FashionMnist.LocateAsync"/> so that this library finds the result.</summary>
    public FashionMnistOptions FashionMnist { get; }

    /// <summary>Every dataset: the built-in ones first, then the others by name. One whose description is damaged is left out.</summary>
    public Task<IReadOnlyList<DatasetDescription>> ListAsync(CancellationToken ct) => Task.Run<IReadOnlyList<DatasetDescription>>(
        () =>
        {
            List<DatasetDescription> all = [.. BuiltIn.Select(b => b.Describe())];
            foreach (string name in _folder.Names())
            {
                ct.ThrowIfCancellationRequested();
                if (TryFind(name, out _) is { } found) all.Add(found);
            }
            return all;
        },
        ct);

    /// <summary>Null when there is none of that name, or its description is damaged.</summary>
    public Task<DatasetDescription?> FindAsync(string name, CancellationToken ct) => Task.Run(() => TryFind(name, out _), ct);

    /// <summary>Opens a dataset; for one that is not there or not readable the error says so (pointer <c>/dataset/name</c>).</summary>
    public Task<DataResult<Dataset>> OpenAsync(string name, CancellationToken ct) => Task.Run(
        () =>
        {
            List<SpecError> errors = [];
            return new DataResult<Dataset>(Open(name, NamePointer, errors), errors);
        },
        ct);

    /// <summary>What a request would give, for validation. Reads descriptions only.</summary>
    public Task<DataResult<DescribedData>> DescribeAsync(DatasetRequest request, CancellationToken ct) => Task.Run(
        () =>
        {
            List<SpecError> errors = [];
            return new DataResult<DescribedData>(Plan(request, errors)?.Described, errors);
        },
        ct);

    /// <summary>Rows ready to train on; the same request and seed always give the same rows in the same order.</summary>
    public Task<DataResult<PreparedData>> PrepareAsync(DatasetRequest request, ulong seed, CancellationToken ct) => Task.Run(
        () =>
        {
            List<SpecError> errors = [];
            if (Plan(request, errors) is not { } plan) return new DataResult<PreparedData>(null, errors);
            Dataset? dataset = Open(request.Name, NamePointer, errors);
            Dataset? other = plan.OtherValidation is null ? null : Open(request.Validation!, ValidationPointer, errors);
            return new DataResult<PreparedData>(errors.Count > 0 ? null : Preparer.Prepare(plan, dataset!, other, seed, ct), errors);
        },
        ct);

    /// <summary>Rows of a part of a dataset as a network sees them that was trained before, perhaps on other data: with its preprocessing, classes and columns.</summary>
    /// <param name="fitted">What the network was trained with.</param>
    /// <param name="target">What it was trained to predict.</param>
    /// <param name="part">Null: the test rows, or the validation rows, or the training rows, whichever are there first.</param>
    public Task<DataResult<EvaluationRows>> PrepareForAsync(string name, FittedPreprocessing fitted, TargetDescription target, DatasetPart? part, CancellationToken ct) => Task.Run(
        () =>
        {
            List<SpecError> errors = [];
            return new DataResult<EvaluationRows>(Open(name, NamePointer, errors) is { } dataset ? Evaluation.Prepare(dataset, fitted, target, part, errors) : null, errors);
        },
        ct);

    /// <summary>Takes an upload in: to disk under a temporary name, checked, then there at once and for good, or not at all.</summary>
    /// <param name="files">Their streams stay the caller's. One that can go back is read where it is.</param>
    public Task<ImportResult> ImportAsync(string name, IReadOnlyList<UploadedFile> files, ImportOptions importOptions, CancellationToken ct)
        => new DatasetImporter(_folder, Options).ImportAsync(name, files, importOptions, IsTaken, ct);

    /// <summary>False when there is no uploaded dataset of that name. Rows already in use stay readable.</summary>
    public Task<bool> DeleteAsync(string name, CancellationToken ct) => Task.Run(() => DatasetNames.IsValid(name) && _folder.Delete(name), ct);

    private bool IsTaken(string name) => _folder.Has(name) || BuiltIn.Any(d => d.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>By name first: to describe one that is drawn it must be drawn, which is for those who ask for it.</summary>
    private static IReadOnlyList<(string Name, Func<DatasetDescription> Describe)> BuiltIn { get; } =
    [
        (Fashion.FashionMnist.Name, () => FashionMnistDataset.Description), (SyntheticFashion.Name, SyntheticFashion.Describe),
        .. SyntheticSets.All.Select(s => (s.Name, (Func<DatasetDescription>)(() => s.Open().Description))),
    ];

    private RequestPlan? Plan(DatasetRequest request, List<SpecError> errors)
    {
        DatasetDescription? dataset = Find(request.Name, NamePointer, errors);
        DatasetDescription? validation = request.Validation is { } name ? Find(name, ValidationPointer, errors) : null;
        if (dataset is null) return null;
        RequestPlan? plan = Planner.Plan(dataset, validation, request, errors);
        return errors.Count > 0 ? null : plan;
    }

    private DatasetDescription? Find(string name, string pointer, List<SpecError> errors)
    {
        if (TryFind(name, out string? damage) is not { } found)
        {
            string[] names = [.. BuiltIn.Select(d => d.Name), .. _folder.Names()];
            errors.Add(damage is null
                ? new(pointer, "not_found", $"There is no dataset '{JsonWords.Short(name)}'; there are {JsonWords.List(names)}.", JsonWords.Short(name), NearestName.Of(name, names))
                : new(pointer, "damaged", $"The dataset '{name}' is damaged: {damage}", name));
            return null;
        }
        if (name != Fashion.FashionMnist.Name || _fashion.IsAtHand) return found;
        errors.Add(FashionIsMissing(pointer));
        return null;
    }

    private DatasetDescription? TryFind(string name, out string? damage)
    {
        damage = null;
        if (BuiltIn.FirstOrDefault(d => d.Name == name).Describe is { } describe) return describe();
        try
        {
            return DatasetNames.IsValid(name) ? _folder.Find(name) : null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            damage = e.Message;
            return null;
        }
    }

    private Dataset? Open(string name, string pointer, List<SpecError> errors)
    {
        if (Find(name, pointer, errors) is not { } description) return null;
        try
        {
            return name switch
            {
                Fashion.FashionMnist.Name => _fashion.Open(),
                SyntheticFashion.Name => SyntheticFashion.Open(),
                _ when description.BuiltIn => SyntheticSets.All.First(s => s.Name == name).Open(),
                _ => StoredDataset.Open(_folder.PathOf(name), description),
            };
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            errors.Add(new(pointer, "damaged", $"The dataset '{name}' cannot be read: {e.Message}", name));
            return null;
        }
    }

    private SpecError FashionIsMissing(string pointer) => new(pointer, "not_found",
        $"Fashion-MNIST is not on this machine: install Debian's package dataset-fashion-mnist, or put its four files into {FashionMnist.DownloadFolder}; '{SyntheticFashion.Name}' needs nothing.", Fashion.FashionMnist.Name);
}
