using System.Text.Json;
using TrainService.Data;
using TrainService.Data.Descriptions;
using TrainService.Data.Preprocessing;
using TrainService.Data.Requests;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Metrics;
using TrainService.NeuralNet.Sessions;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Tensors;
using TrainService.Tensors.Threading;
using TrainService.Training.Compilation;
using TrainService.Training.Models.Outputs;

namespace TrainService.Training.Inference;

/// <summary>Measures checkpoints on datasets, with the preprocessing, columns and classes that they were trained with.</summary>
public sealed class EvaluationService(LoadedNetworks networks, DatasetLibrary datasets, ComputePool pool)
{
    private const int Batch = 256;

    /// <summary>The body of POST /checkpoints/{id}/evaluate.</summary>
    public static IReadOnlyList<ArgumentSpec> Arguments { get; } =
    [
        new("dataset", ArgumentKind.Json, "Name of a dataset, or an object with its name; the one it was trained on when left out.") { Nullable = true },
        new("part", ArgumentKind.Choice, "Which rows: test, validation or train; the first of these that the dataset has when left out.")
        {
            Choices = ["test", "validation", "train"], Nullable = true,
        },
        Arg.Integer("limit", "At most so many rows, from the first on.", min: 1, nullable: true),
        Arg.Integer("worst", "Tell so many rows with the greatest losses too.", min: 1, max: 1000, nullable: true),
    ];

    private static readonly ArgumentSpec[] DatasetMembers = [Arg.Text("name", "Name of a built-in or uploaded dataset.", required: true)];

    /// <param name="body">By <see cref="Arguments"/>.</param>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or not understood.</exception>
    public Task<Answer<Evaluation>> EvaluateAsync(string checkpointId, JsonElement body, CancellationToken ct) => EvaluateAsync(checkpointId, body, null, null, ct);

    /// <param name="team">Threads that are leased already; null leases some beside those of jobs.</param>
    /// <param name="check">Called between rows; what it throws ends the measuring.</param>
    internal async Task<Answer<Evaluation>> EvaluateAsync(string checkpointId, JsonElement body, ComputeTeam? team, Action? check, CancellationToken ct)
    {
        var errors = new SpecErrors();
        var reader = new SpecReader(JobVocabulary.All, errors);
        Arguments asked = reader.ReadObject(body, Arguments, "");
        using LoadedNetworks.Loan? loan = await networks.BorrowAsync(checkpointId, ct).ConfigureAwait(false);
        if (loan is null) return new Answer<Evaluation> { NotFound = true };
        LoadedNetwork network = loan.Network;
        string? name = NameOf(asked, reader) ?? network.Metadata.Dataset;
        if (name is null || network.Preprocessing is not { } fitted)
            errors.Add("/dataset", "required", "This checkpoint does not know what data it was trained on: name a dataset.");
        else if (!errors.Any && await TargetAsync(network, name, ct).ConfigureAwait(false) is { } target)
            return await MeasureAsync(network, name, fitted, target, asked, errors, team, check, ct).ConfigureAwait(false);
        else if (!errors.Any)
            errors.Add("/dataset", "conflict", $"The dataset's targets do not fit the network's {network.State.Network.OutputShape.Size} outputs and its loss, {network.Loss.Descriptor.Name}.", name);
        return new Answer<Evaluation> { Errors = errors.All };
    }

    /// <summary>Measures a network that stands in no store on what its own dataset keeps for that: test, validation or training rows.</summary>
    /// <returns>Null when the dataset is gone, or nobody knows of one.</returns>
    internal async Task<Evaluation?> MeasureOnItsOwnAsync(LoadedNetwork network, int limit, CancellationToken ct)
    {
        if (network.Metadata.Dataset is not { } name || network.Preprocessing is not { } fitted || await TargetAsync(network, name, ct).ConfigureAwait(false) is not { } target) return null;
        var errors = new SpecErrors();
        using JsonDocument body = JsonDocument.Parse($$"""{"limit": {{limit}}}""");
        Arguments asked = new SpecReader(JobVocabulary.All, errors).ReadObject(body.RootElement, Arguments, "");
        return (await MeasureAsync(network, name, fitted, target, asked, errors, null, null, ct).ConfigureAwait(false)).Value;
    }

    /// <summary>A dataset's rows as the network takes them; what their targets are does not matter.</summary>
    /// <param name="pointer">Where the dataset was named.</param>
    /// <returns>Null when there were errors.</returns>
    internal async Task<Split?> RowsAsync(LoadedNetwork network, string dataset, DatasetPart part, string pointer, SpecErrors errors, CancellationToken ct)
    {
        FittedPreprocessing fitted = network.Preprocessing ?? new FittedPreprocessing { InputShape = [.. network.State.Network.InputShape.Axes] };
        // A dataset that is not there is told of by the library, whatever is wanted of it.
        TargetDescription target = (await datasets.FindAsync(dataset, ct).ConfigureAwait(false))?.Target ?? new TargetDescription { Kind = TargetKind.Number, Shape = [1] };
        DataResult<EvaluationRows> prepared = await datasets.PrepareForAsync(dataset, fitted, target, part, ct).ConfigureAwait(false);
        foreach (SpecError error in prepared.Errors) errors.Add(error with { Pointer = pointer });
        return prepared.Value?.Rows;
    }

    /// <summary>What the network tells; one that came from elsewhere, and names no classes, tells what the dataset's own targets are.</summary>
    /// <returns>Null when the targets do not fit.</returns>
    private async Task<TargetDescription?> TargetAsync(LoadedNetwork network, string dataset, CancellationToken ct)
    {
        int length = NetworkLoss.Of(network.Loss, network.State.Network).TargetLength((int)network.State.Network.OutputShape.Size);
        TargetDescription? target = network.Metadata.Target;
        if (target is null)
        {
            // A dataset that is not there is told of by the library, whatever is wanted of it.
            if (await datasets.FindAsync(dataset, ct).ConfigureAwait(false) is not { } found) return new TargetDescription { Kind = TargetKind.Number, Shape = [length] };
            target = found.Target;
            // Classes as the vectors that this loss compares with.
            if (target.Kind == TargetKind.Class && length > 1 && target.ClassNames?.Count == length)
                target = target with { Kind = TargetKind.Vector, Shape = [length] };
        }
        return target.Length == length ? target : null;
    }

    private async Task<Answer<Evaluation>> MeasureAsync(LoadedNetwork network, string name, FittedPreprocessing fitted, TargetDescription target, Arguments asked,
        SpecErrors errors, ComputeTeam? team, Action? check, CancellationToken ct)
    {
        DatasetPart? part = asked.OptionalText("part") is { } word ? Enum.Parse<DatasetPart>(word, ignoreCase: true) : null;
        DataResult<EvaluationRows> prepared = await datasets.PrepareForAsync(name, fitted, target, part, ct).ConfigureAwait(false);
        foreach (SpecError error in prepared.Errors) errors.Add(error);
        if (prepared.Value is not { } rows) return new Answer<Evaluation> { Errors = errors.All };
        int count = Math.Min(rows.Rows.Count, asked.OptionalInteger("limit") ?? int.MaxValue);
        if (StrangeClass(NetworkLoss.Of(network.Loss, network.State.Network), (int)network.State.Network.OutputShape.Size, rows.Rows.Targets, count) is { } strange)
        {
            errors.Add("/dataset", "conflict", $"A target of the dataset is {strange:g6}; the network's outputs stand for classes, which have whole numbers from 0.", strange);
            return new Answer<Evaluation> { Errors = errors.All };
        }

        if (asked.OptionalInteger("worst") is { } most && network.Loss.Create() is BatchLoss)
        {
            errors.Add("/worst", "conflict", $"'{network.Loss.Descriptor.Name}' judges batches as a whole: no row has a loss of its own.", most);
            return new Answer<Evaluation> { Errors = errors.All };
        }

        return new Answer<Evaluation> { Value = await Task.Run(() => Measure(network, name, rows, count, target, asked.OptionalInteger("worst"), team, check), ct).ConfigureAwait(false) };
    }

    /// <summary>A target that should be the number of a class and is none; null when there is no such.</summary>
    private static float? StrangeClass(Loss loss, int outputs, RowSource targets, int count)
    {
        (int Classes, Range At)[] judged = loss switch
        {
            OutputLosses several => [.. several.Parts.Where(p => p.Loss is SparseCategoricalCrossentropy).Select(p => (p.Length, p.Targets))],
            SparseCategoricalCrossentropy => [(outputs, ..)],
            PositionwiseLoss { Inner: SparseCategoricalCrossentropy } => [(outputs / loss.TargetLength(outputs), ..)],
            _ => [],
        };
        float[] row = new float[targets.RowLength];
        for (int i = 0; judged.Length > 0 && i < count; i++)
        {
            targets.CopyRow(i, row);
            foreach ((int classes, Range at) in judged)
                foreach (float target in row.AsSpan()[at])
                    if (target < 0 || target >= classes || MathF.Floor(target) != target)
                        return target;
        }

        return null;
    }

    private Evaluation Measure(LoadedNetwork network, string name, EvaluationRows rows, int count, TargetDescription target, int? worst, ComputeTeam? leased, Action? check)
    {
        Loss loss = NetworkLoss.Of(network.Loss, network.State.Network);
        int outputs = (int)network.State.Network.OutputShape.Size;
        IReadOnlyList<Metric> metrics = network.MetricsFor(loss, alsoAccuracy: target.ClassNames is not null);
        ConfusionCount? confusion = ConfusionCount.For(network, outputs);
        WorstRows? kept = worst is { } most ? new WorstRows(network, loss, most) : null;
        using ComputeTeam? beside = leased is null ? pool.LeaseBeside() : null;
        using var session = new InferenceSession(network.State, Math.Min(Batch, count), leased ?? beside!);
        RunningTotals totals = session.Evaluate(rows.Rows.Inputs, rows.Rows.Targets, rows.Rows.SampleWeights, [.. Enumerable.Range(0, count)], loss, metrics,
            confusion is null && check is null && kept is null ? null : Row);
        return new Evaluation(name, rows.Part.ToString().ToLowerInvariant(), count, totals.ToDictionary(), confusion?.Result(), kept?.Result(rows.Numbers));

        void Row(int row, ReadOnlySpan<float> prediction, ReadOnlySpan<float> expected)
        {
            check?.Invoke();
            confusion?.Add(row, prediction, expected);
            kept?.Add(row, prediction, expected);
        }
    }

    private static string? NameOf(Arguments asked, SpecReader reader)
    {
        if (!asked.Has("dataset")) return null;
        var given = (JsonElement)asked.Values["dataset"]!;
        if (given.ValueKind == JsonValueKind.String) given = JsonSerializer.SerializeToElement(new Dictionary<string, JsonElement> { ["name"] = given });
        return reader.ReadObject(given, DatasetMembers, "/dataset").OptionalText("name");
    }
}
