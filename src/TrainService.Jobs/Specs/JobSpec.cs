using System.Text.Json;
using TrainService.Specification;
using TrainService.Specification.Writing;

namespace TrainService.Jobs.Specs;

/// <summary>A job as it was asked for, every default filled in. It can only be had from <see cref="JobSpecReader"/>, so it is within every declared range.</summary>
public sealed record JobSpec
{
    internal JobSpec(Arguments arguments) => Arguments = arguments;

    /// <summary>All that it holds, by the names of <see cref="JobArguments"/>.</summary>
    public Arguments Arguments { get; }

    public string? Name => Arguments.OptionalText("name");

    public string Kind => Arguments.Text("kind");

    public IReadOnlyDictionary<string, string> Labels => Arguments.TextMap("labels");

    public ulong Seed => (ulong)Arguments.Long("seed");

    /// <summary>By the data library's declarations.</summary>
    public Arguments Dataset => Arguments.Object("dataset");

    public ComponentValue Model => Arguments.Value("model");

    public ComponentValue Loss => Arguments.Value("loss");

    /// <summary>By the class's name or number; null when all count the same.</summary>
    public IReadOnlyDictionary<string, double>? ClassWeight => Arguments.Has("class_weight") ? Arguments.NumberMap("class_weight") : null;

    public IReadOnlyList<ComponentValue> Metrics => Arguments.ValueList("metrics");

    /// <summary>Those in which rows count by their weights.</summary>
    public IReadOnlyList<ComponentValue> WeightedMetrics => Arguments.ValueList("weighted_metrics");

    /// <summary>The one that it begins with.</summary>
    public ComponentValue Optimizer => Arguments.Value("optimizer");

    /// <summary>Null when the optimizer's rate stays as it is.</summary>
    public ComponentValue? Schedule => Arguments.OptionalValue("schedule");

    /// <summary>How rates are searched; null when the job searches none.</summary>
    public Arguments? RateSearch => Arguments.OptionalObject("lr_find");

    /// <summary>Null when no weights are set to zero while training.</summary>
    public ComponentValue? Pruning => Arguments.OptionalValue("pruning");

    public int BatchSize => Arguments.Integer("batch_size");

    /// <summary>Of all phases together.</summary>
    public int Epochs => Arguments.Integer("epochs");

    /// <summary>What is trained, one after the other; a single phase when the job names none.</summary>
    public IReadOnlyList<PhaseSpec> Phases => PhaseSpec.Of(Arguments);

    /// <summary>The job names its phases.</summary>
    public bool HasPhases => Arguments.Has("phases");

    public bool Shuffle => Arguments.Flag("shuffle");

    public IReadOnlyList<ComponentValue> Callbacks => Arguments.ValueList("callbacks");

    public CheckpointPolicy Checkpoint => new(
        Arguments.Object("checkpoint").OptionalInteger("every_epochs"), Arguments.Object("checkpoint").Integer("keep_last"),
        Arguments.Object("checkpoint").Integer("keep_best"), Arguments.Object("checkpoint").OptionalText("monitor"));

    /// <summary>Epoch events tell the norms of each layer.</summary>
    public bool ReportsLayerNorms => Arguments.Object("report").Text("norms") == "layers";

    public double? MaxRuntimeSeconds => Arguments.Object("limits").OptionalNumber("max_runtime_seconds");

    /// <summary>Null for all.</summary>
    public int? Threads => Arguments.Object("limits").OptionalInteger("threads");

    public int Priority => Arguments.Integer("priority");

    public int MaxAttempts => Arguments.Object("retry").Integer("max_attempts");

    /// <summary>The same job with one argument set to what it resolves to. The value must be legal: it comes from code, not from a user.</summary>
    public JobSpec With(string name, object? value) => new(Arguments.With(name, value));

    /// <summary>The job that this one comes to, whose members are other ones. They must be legal: they come from code, not from a user.</summary>
    public JobSpec As(Arguments members) => new(members);

    /// <summary>Fully resolved: reading it again gives the same job.</summary>
    public string ToJson() => SpecWriter.Write(Arguments).ToJsonString(JsonSerializerOptions.Default);
}

/// <summary>When weights are saved and which of them are kept.</summary>
/// <param name="EveryEpochs">Null: only at the end.</param>
/// <param name="Monitor">Null: the validation loss, or the loss when there is no validation.</param>
public sealed record CheckpointPolicy(int? EveryEpochs, int KeepLast, int KeepBest, string? Monitor);
