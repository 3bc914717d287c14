using System.Text.Json;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Sessions;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.Training.Inference;

/// <summary>Asks checkpoints: rows in, outputs and classes out; with dropout on when an uncertainty is wanted (Gal and Ghahramani 2016, arXiv:1506.02142).</summary>
public sealed class PredictionService(LoadedNetworks networks, ComputePool pool)
{
    /// <summary>Rows in one question.</summary>
    public const int MostRows = 10_000;

    /// <summary>Rows times samples in one question: what a request may compute.</summary>
    public const int MostPasses = 1_000_000;

    /// <summary>Numbers in the single samples of one answer.</summary>
    public const int MostReturned = 1_000_000;

    private const int Batch = 64;

    /// <summary>The body of POST /checkpoints/{id}/predict.</summary>
    public static IReadOnlyList<ArgumentSpec> Arguments { get; } =
    [
        new("inputs", ArgumentKind.Json, "A list of samples: nested or flat lists of numbers, or objects of named values: of a table's columns, or of the inputs of a model with several.") { Required = true },
        .. Options,
    ];

    /// <summary>What can be asked beside the inputs.</summary>
    public static IReadOnlyList<ArgumentSpec> Options =>
    [
        Arg.Integer("top_k", "How many classes to name, the most probable first.", 3, min: 1, max: 1000),
        Arg.Integer("mc_samples", "Predict so often with dropout on, and tell mean and standard deviation.", min: 2, max: 10_000, nullable: true),
        Arg.Flag("return_samples", "With mc_samples: the single samples too.", false),
        Arg.Integer("seed", "Of the dropout masks.", 0, min: 0),
    ];

    /// <param name="body">By <see cref="Arguments"/>.</param>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or not understood.</exception>
    public Task<Answer<Prediction>> PredictAsync(string checkpointId, JsonElement body, CancellationToken ct)
        => PredictAsync(checkpointId, body, Arguments,
            (asked, network, errors) => asked.Has("inputs") ? InputRows.Read((JsonElement)asked.Values["inputs"]!, network, errors) : null, ct);

    /// <summary>The same for JPEG and PNG files, for networks that take pictures.</summary>
    /// <param name="options">By <see cref="Options"/>.</param>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or not understood.</exception>
    public Task<Answer<Prediction>> PredictAsync(string checkpointId, IReadOnlyList<PictureInput> pictures, JsonElement options, CancellationToken ct)
        => PredictAsync(checkpointId, options, Options, (_, network, errors) => PictureRows.Read(pictures, network, errors), ct);

    private async Task<Answer<Prediction>> PredictAsync(string checkpointId, JsonElement body, IReadOnlyList<ArgumentSpec> arguments,
        Func<Arguments, LoadedNetwork, SpecErrors, FloatRows?> read, CancellationToken ct)
    {
        var errors = new SpecErrors();
        Arguments asked = new SpecReader(Compilation.JobVocabulary.All, errors).ReadObject(body, arguments, "");
        using LoadedNetworks.Loan? loan = await networks.BorrowAsync(checkpointId, ct).ConfigureAwait(false);
        if (loan is null) return new Answer<Prediction> { NotFound = true };
        FloatRows? rows = read(asked, loan.Network, errors);
        if (rows is not null && asked.OptionalInteger("mc_samples") is { } passes && (long)passes * rows.Count > MostPasses)
            errors.Add("/mc_samples", "out_of_range", $"{rows.Count} rows times {passes} samples are more than {MostPasses:N0}.", passes);
        CheckReturned(asked, loan.Network, rows, errors);
        if (errors.Any) return new Answer<Prediction> { Errors = errors.All };
        Prediction value = await Task.Run(() => Compute(loan.Network, rows!, asked, ct), ct).ConfigureAwait(false);
        return new Answer<Prediction> { Value = value };
    }

    private static void CheckReturned(Arguments asked, LoadedNetwork network, FloatRows? rows, SpecErrors errors)
    {
        if (!asked.Values.TryGetValue("return_samples", out object? wanted) || wanted is not true) return;
        if (asked.OptionalInteger("mc_samples") is not { } samples)
            errors.Add("/return_samples", "conflict", "Only with mc_samples there are samples to return.", true);
        else if (rows is not null && (double)samples * rows.Count * network.State.Network.OutputShape.Size > MostReturned)
            errors.Add("/return_samples", "out_of_range", $"The samples together have more than {MostReturned:N0} numbers. Ask for fewer, or leave them out: mean and std are of all.", true);
    }

    private Prediction Compute(LoadedNetwork network, FloatRows rows, Arguments asked, CancellationToken ct)
    {
        using ComputeTeam team = pool.LeaseBeside();
        int[] all = [.. Enumerable.Range(0, rows.Count)];
        int length = (int)network.State.Network.OutputShape.Size, batch = Math.Min(Batch, rows.Count);
        float[] outputs = new float[rows.Count * length];
        using (var session = new InferenceSession(network.State, batch, team)) session.Predict(rows, all, outputs);
        MonteCarlo? drawn = asked.OptionalInteger("mc_samples") is { } samples
            ? MonteCarlo.Run(network, rows, samples, Batch, (ulong)asked.Long("seed"), asked.Flag("return_samples"), team, ct) : null;
        double[] judged = drawn?.Mean ?? [.. outputs.Select(o => (double)o)];
        float[][] rowsOut = Rows(outputs, length, v => v);
        return new Prediction(rowsOut, ClassScores.Of(network, judged, length, asked.Integer("top_k")))
        {
            Named = ByName(OutputRange.Of(network.State.Network), rowsOut),
            Mean = drawn is null ? null : Rows(drawn.Mean, length, v => (float)v),
            Std = drawn is null ? null : Rows(drawn.Deviation, length, v => (float)v),
            Samples = drawn?.Samples,
        };
    }

    private static Dictionary<string, float[]>[]? ByName(IReadOnlyList<OutputRange> outputs, float[][] rows)
        => outputs.Count == 1 ? null : [.. rows.Select(row => outputs.ToDictionary(o => o.Name, o => row.AsSpan(o.Offset, o.Length).ToArray(), StringComparer.Ordinal))];

    private static float[][] Rows<T>(T[] values, int length, Func<T, float> convert)
        => [.. Enumerable.Range(0, values.Length / length).Select(r => values.AsSpan(r * length, length).ToArray().Select(convert).ToArray())];
}
