using System.Text.Json;
using TrainService.Data;
using TrainService.Data.Descriptions;
using TrainService.Data.Requests;
using TrainService.NeuralNet.Explaining;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Tensors.Threading;
using TrainService.Training.Compilation;
using TrainService.Training.Inference.Explaining;

namespace TrainService.Training.Inference.Histograms;

/// <summary>One layer's numbers.</summary>
/// <param name="Weights">By tensor.</param>
/// <param name="Activations">What it puts out for some rows; null without rows.</param>
public sealed record LayerHistograms(string Name, string Type, IReadOnlyList<KeyValuePair<string, Histogram>> Weights, Histogram? Activations);

/// <summary>All layers', in order.</summary>
/// <param name="Dataset">Whose rows the activations are of; null when there are none.</param>
public sealed record NetworkHistograms(string? Dataset, int Rows, IReadOnlyList<LayerHistograms> Layers);

/// <summary>Histograms of a checkpoint's weights, and of what its layers put out for the first rows of a dataset.</summary>
public sealed class HistogramService(LoadedNetworks networks, DatasetLibrary datasets, ComputePool pool)
{
    /// <summary>Floating-point operations in one question.</summary>
    private const double MostOperations = 1e12;

    /// <summary>The body of POST /checkpoints/{id}/histograms.</summary>
    public static IReadOnlyList<ArgumentSpec> Arguments { get; } =
    [
        Arg.Text("dataset", "Whose rows the activations are of; the one that it was trained on when left out.") with { Nullable = true },
        new("part", ArgumentKind.Choice, "Which rows of it.") { Choices = ["train", "validation", "test"], Default = "train" },
        Arg.Integer("rows", "How many, from the first on; 0 for weights alone.", 100, min: 0, max: 1000),
        Arg.Integer("bins", "Steps of each histogram.", 40, min: 2, max: 500),
    ];

    /// <param name="body">By <see cref="Arguments"/>.</param>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or not understood.</exception>
    public async Task<Answer<NetworkHistograms>> MakeAsync(string checkpointId, JsonElement body, CancellationToken ct)
    {
        var errors = new SpecErrors();
        Arguments asked = new SpecReader(JobVocabulary.All, errors).ReadObject(body, Arguments, "");
        using LoadedNetworks.Loan? loan = await networks.BorrowAsync(checkpointId, ct).ConfigureAwait(false);
        if (loan is null) return new Answer<NetworkHistograms> { NotFound = true };
        LoadedNetwork network = loan.Network;
        string? name = asked.OptionalText("dataset") ?? network.Metadata.Dataset;
        Split? rows = null;
        if (!errors.Any && asked.Integer("rows") > 0 && name is not null) rows = await RowsAsync(network, name, asked.Text("part"), errors, ct).ConfigureAwait(false);
        int count = Math.Min(rows?.Count ?? 0, asked.Integer("rows"));
        if ((double)count * 2 * network.State.Network.Flops > MostOperations) errors.Add("/rows", "too_large", "So many rows of this network take too long: ask for fewer.", asked.Integer("rows"));
        if (errors.Any) return new Answer<NetworkHistograms> { Errors = errors.All };
        return new Answer<NetworkHistograms>
        {
            Value = await Task.Run(() => new NetworkHistograms(count > 0 ? name : null, count, Make(network, rows, count, asked.Integer("bins"), ct)), ct).ConfigureAwait(false),
        };
    }

    private async Task<Split?> RowsAsync(LoadedNetwork network, string name, string part, SpecErrors errors, CancellationToken ct)
    {
        TargetDescription target = network.Metadata.Target ?? (await datasets.FindAsync(name, ct).ConfigureAwait(false))?.Target ?? new() { Kind = TargetKind.Number, Shape = [1] };
        DataResult<EvaluationRows> prepared = await datasets.PrepareForAsync(name, ExplainedInputReader.PreprocessingOf(network), target, Enum.Parse<DatasetPart>(part, ignoreCase: true), ct).ConfigureAwait(false);
        foreach (SpecError error in prepared.Errors) errors.Add(error.Pointer == "/part" ? error : error with { Pointer = "/dataset" });
        return prepared.Value?.Rows;
    }

    private LayerHistograms[] Make(LoadedNetwork loaded, Split? rows, int count, int bins, CancellationToken ct)
    {
        Network network = loaded.State.Network;
        Histogram?[] activations = rows is null || count == 0 ? new Histogram?[network.Layers.Count] : Activations(loaded.State, rows, count, bins, ct);
        return [.. network.Layers.Select(layer => new LayerHistograms(layer.Name, layer.Layer.TypeName,
            [.. loaded.State.Parameters.Where(p => p.Layer == layer.Name).Select(p => KeyValuePair.Create(p.Name, Weights(p, bins))).Where(h => h.Value is not null).Select(h => KeyValuePair.Create(h.Key, h.Value!))],
            activations[layer.Index]))];
    }

    private static Histogram? Weights(Parameter parameter, int bins)
    {
        float[] values = new float[parameter.Shape.Size];
        parameter.Read(values);
        var builder = new HistogramBuilder(bins);
        builder.Measure(values);
        builder.Sort(values);
        return builder.Result();
    }

    private Histogram?[] Activations(NetworkState state, Split rows, int count, int bins, CancellationToken ct)
    {
        using ComputeTeam team = pool.LeaseBeside();
        using var session = new ActivationSession(state, team);
        HistogramBuilder[] builders = [.. state.Network.Layers.Select(_ => new HistogramBuilder(bins))];
        var first = new VariantRows(count, rows.Inputs.RowLength, rows.Inputs.CopyRow);
        session.Visit(first, (_, layer, values) => builders[layer].Measure(values), ct);
        session.Visit(first, (_, layer, values) => builders[layer].Sort(values), ct);
        return [.. builders.Select(b => b.Result())];
    }
}
