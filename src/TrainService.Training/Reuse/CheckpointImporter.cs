using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Data.Descriptions;
using TrainService.Data.Preprocessing;
using TrainService.Formats;
using TrainService.Formats.Safetensors;
using TrainService.Jobs.Ports;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Specification.Writing;
using TrainService.Training.Checkpoints;
using TrainService.Training.Compilation;
using TrainService.Training.Models;
using TrainService.Training.Reuse.Import;
using TrainService.Training.Reuse.Import.Onnx;

namespace TrainService.Training.Reuse;

/// <summary>Takes in a model from elsewhere: its description as in a job, its weights as a file. What comes of it is a checkpoint like any other.</summary>
public sealed class CheckpointImporter(ICheckpointStore checkpoints)
{
    /// <summary>Bytes of weights, unpacked, in one file and in one model.</summary>
    public const long MostBytes = 2L << 30;

    private static readonly FormatLimits Limits = new() { MaxBytes = MostBytes };

    /// <summary>What may stand beside the weights.</summary>
    public static IReadOnlyList<ArgumentSpec> Arguments { get; } =
    [
        Arg.Component("model", "model", "The network, in any form that a job takes. Its first layer says the shape of a sample. Left out: the one in the file.", nullable: true),
        Arg.Component("loss", "loss", "What it was trained for; left out: what the file says, or guessed from the output: softmax tells classes, and so does an output that is named by classes; sigmoid yes or no, anything else numbers.", nullable: true),
        ImportedMeaning.Classes,
        ImportedMeaning.Preprocess,
        new("mapping", ArgumentKind.Json, "For safetensors and NPZ: \"name\", \"order\", or an object of names in the file and names in the model (layer/role). Left out: by name, or else by order.") { Nullable = true },
        Arg.Choice("layout", "For safetensors and NPZ: whose layout kernels have; auto tells by the names.", "auto", ["auto", "keras", "pytorch"]),
    ];

    /// <param name="description">By <see cref="Arguments"/>.</param>
    /// <param name="weights">Seekable; what Keras saves, safetensors, NPZ or ONNX.</param>
    /// <param name="file">What its sender calls the file.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="owner">Whose checkpoint it is.</param>
    public Task<ImportOutcome> ImportAsync(JsonElement description, Stream weights, string file, CancellationToken ct, string? owner = null)
        => Task.Run(() => TakeAsync(description, weights, file, owner, ct), ct);

    private async Task<ImportOutcome> TakeAsync(JsonElement description, Stream weights, string file, string? owner, CancellationToken ct)
    {
        var errors = new SpecErrors();
        Arguments asked = new SpecReader(JobVocabulary.All, errors).ReadObject(description, Arguments, "");
        (IReadOnlyDictionary<string, string> given, bool? byOrder) = ReadMapping(asked, errors);
        if (errors.Any) return new ImportOutcome { Errors = errors.All };
        WeightsFile opened;
        try
        {
            opened = WeightsFile.Open(weights, Limits, file);
        }
        catch (ArrayFormatException e)
        {
            errors.Add("/weights", "broken_file", e.Message);
            return new ImportOutcome { Errors = errors.All };
        }
        OnnxNetwork? onnx = opened.Onnx is null ? null : OnnxSource.Read(opened.Onnx, asked.Has("model"), errors);
        using JsonDocument? described = onnx is not null ? JsonDocument.Parse(onnx.Model.ToJsonString()) : asked.Has("model") || errors.Any ? null : ImportedModel.Parse(opened.Keras, errors);
        JsonElement json = described?.RootElement ?? (description.TryGetProperty("model", out JsonElement sent) ? sent : default);
        if (ImportedModel.Read(json, asked.OptionalValue("model"), opened.Keras?.KerasVersion, errors) is not { } imported) return new ImportOutcome { Errors = onnx is null ? errors.All : OnnxSource.AtTheirNodes(errors.All, onnx) };
        (ComponentValue model, ModelDefinition definition, Network network) = imported;
        IReadOnlyList<string>? classes = ImportedMeaning.ClassesOf(asked, network, errors);
        ComponentValue loss = asked.OptionalValue("loss") ?? ImportedModel.LossOf(opened.Keras, network) ?? ImportedMeaning.GuessLoss(definition, network, classes);
        FittedPreprocessing preprocessing = ImportedMeaning.PreprocessingOf(asked, network, errors);
        if (network.ParameterCount > MostBytes / sizeof(float))
            errors.Add("/model", "too_large", $"The model has {network.ParameterCount:N0} weights; at most {MostBytes / sizeof(float):N0} are taken.", network.ParameterCount);
        CheckMapping(given, opened, network, errors);
        if (errors.Any) return new ImportOutcome { Errors = errors.All };
        WeightSource source = onnx is not null ? onnx.Weights : opened.Keras is { } keras ? KerasSource.Of(keras, KerasNode.Of(json, definition, network))
            : ArraySource.Of(opened.Arrays!, network, given, byOrder, asked.Text("layout") switch { "keras" => false, "pytorch" => true, _ => null });
        source = source with { Tensors = [.. source.Tensors, .. GivenTensors.Of(network, source)] };
        return await SaveAsync(network, Describe(model, network, loss, classes, preprocessing), source, errors, owner, ct).ConfigureAwait(false);
    }

    private async Task<ImportOutcome> SaveAsync(Network network, CheckpointMetadata metadata, WeightSource source, SpecErrors errors, string? owner, CancellationToken ct)
    {
        using var state = new NetworkState(network);
        WeightReport report;
        try
        {
            report = WeightLoader.Load(state, source);
        }
        catch (ArrayFormatException e)
        {
            errors.Add("/weights", "broken_file", e.Message);
            return new ImportOutcome { Errors = errors.All };
        }
        if (!report.Complete) return new ImportOutcome { Errors = Faults(report), Report = report };
        TensorSnapshot snapshot = TensorSnapshot.OfWeights(state);
        snapshot.Take();
        string json = metadata.ToJson();
        CheckpointRecord? saved = await checkpoints.SaveAsync(new NewCheckpoint(null, null, 0, 0, "{}", json) { Reason = "uploaded", Owner = owner }, (stream, _) =>
        {
            SafetensorsFile.Write(stream, [.. snapshot.Arrays], new Dictionary<string, string> { ["format"] = "trainservice", ["metadata"] = json });
            return Task.CompletedTask;
        }, ct).ConfigureAwait(false);
        return new ImportOutcome { Checkpoint = saved, Report = report };
    }

    private static (IReadOnlyDictionary<string, string> Given, bool? ByOrder) ReadMapping(Arguments asked, SpecErrors errors)
    {
        Dictionary<string, string> given = new(StringComparer.Ordinal);
        if (!asked.Has("mapping")) return (given, null);
        var mapping = (JsonElement)asked.Values["mapping"]!;
        if (JsonText.TryGet(mapping, out string? word) && word is "name" or "order") return (given, word == "order");
        if (mapping.ValueKind != JsonValueKind.Object)
        {
            errors.Add("/mapping", "wrong_type", "Expected \"name\", \"order\", or an object of names in the file and names in the model.", mapping);
            return (given, null);
        }
        foreach (JsonProperty pair in mapping.EnumerateObject())
            if (!JsonText.TryGetName(pair, out string? from) || !JsonText.TryGet(pair.Value, out string? to) || !given.TryAdd(from, to))
                errors.Add("/mapping", "wrong_type", "Expected each name once, with the name of a tensor of the model as its value.");
        return (given, null);
    }

    private static void CheckMapping(IReadOnlyDictionary<string, string> given, WeightsFile file, Network network, SpecErrors errors)
    {
        if (given.Count == 0) return;
        if (file.Arrays is null)
        {
            errors.Add("/mapping", "conflict", "A file of Keras or ONNX says itself which tensor is for which layer; a mapping is for safetensors and NPZ.");
            return;
        }
        HashSet<string> there = new(file.Arrays!.Select(a => a.Name), StringComparer.Ordinal);
        string[] tensors = [.. network.Layers.SelectMany(l => l.Parameters.Select(p => $"{l.Name}/{p.Name}"))];
        foreach ((string from, string to) in given)
        {
            if (!there.Contains(from)) errors.Add(JsonPointer.Member("/mapping", from), "unknown_tensor", $"The file has no tensor '{from}'.", from, NearestName.Of(from, there.Take(1000)));
            if (!tensors.Contains(to, StringComparer.Ordinal)) errors.Add(JsonPointer.Member("/mapping", from), "unknown_tensor", $"The model has no tensor '{to}'.", to, NearestName.Of(to, tensors.Take(1000)));
        }
        foreach (IGrouping<string, string> twice in given.GroupBy(g => g.Value, g => g.Key, StringComparer.Ordinal).Where(g => g.Count() > 1))
            errors.Add("/mapping", "conflict", $"Two tensors are for '{twice.Key}'.", twice.Key);
    }

    /// <summary>Every tensor that is not as it should be, however many they are: renaming them all at once is what the sender needs to do.</summary>
    private static List<SpecError> Faults(WeightReport report)
    {
        string[] free = [.. report.Unexpected];
        string others = free.Length == 0 ? "" : $" The file has '{string.Join("', '", free.Take(20).Select(ArrayFormatException.Printable))}'{(free.Length > 20 ? " …" : "")} instead.";
        return
        [
            .. report.Missing.Select(n => new SpecError("/weights", "missing_tensor", $"The model needs '{n}', which the file lacks.{others}", n, NearestName.Of(n, free.Take(1000)))),
            .. report.ShapeMismatch.Select(m => new SpecError("/weights", "shape_mismatch",
                $"'{m.Name}' has the shape [{string.Join(", ", m.Got)}] in the file; the model needs [{string.Join(", ", m.Expected)}].", m.Name)),
            .. report.NonFinite.Select(n => new SpecError("/weights", "not_finite", $"'{n}' holds numbers that are not finite in float32.", n)),
        ];
    }

    private static CheckpointMetadata Describe(ComponentValue model, Network network, ComponentValue loss, IReadOnlyList<string>? classes, FittedPreprocessing preprocessing)
    {
        int[] input = [.. network.InputShape.Axes];
        int length = ((Loss)loss.Create()).TargetLength((int)network.OutputShape.Size);
        return new CheckpointMetadata
        {
            Model = SpecWriter.Write(model),
            InputShape = input,
            Loss = SpecWriter.Write(loss),
            Target = classes is null ? null : new TargetDescription { Kind = length == 1 ? TargetKind.Class : TargetKind.Vector, Shape = [length], ClassNames = classes },
            Preprocessing = JsonNode.Parse(preprocessing.ToJson()),
        };
    }
}

/// <summary>What an import came to: a checkpoint, or errors.</summary>
public sealed record ImportOutcome
{
    public CheckpointRecord? Checkpoint { get; init; }

    /// <summary>Null when the file was not looked into.</summary>
    public WeightReport? Report { get; init; }

    public IReadOnlyList<SpecError> Errors { get; init; } = [];
}
