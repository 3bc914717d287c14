using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using TrainService.Jobs.Specs.Kinds;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Jobs.Specs;

/// <summary>
/// What a job gets that says nothing: what the course recommends (vocabulary.md, section 10). Each rule fires only where nothing was said
/// about its whole subject, so that a job which names its optimizer trains exactly as it would in Keras.
/// </summary>
internal static class JobDefaults
{
    /// <summary>With it goes a schedule, unless the job gives one.</summary>
    internal const string Optimizer = """{"type": "sgd", "learning_rate": 0.01, "momentum": 0.9, "nesterov": true}""";
    private const string Schedule = """{"type": "one_cycle", "max_learning_rate": 0.1}""";
    private const string EarlyStopping = """[{"type": "early_stopping", "monitor": "val_loss", "patience": 10, "restore_best_weights": true}]""";

    /// <summary>Epochs when early stopping decides, and when nothing does.</summary>
    private const long UpToEpochs = 30, FixedEpochs = 10;

    public static Arguments Fill(Arguments read, JobKindSpec kind, IReadOnlyList<ArgumentSpec> declared, SpecReader reader)
    {
        read = RateForms.Lift(read, reader, "");
        if (!read.Has("seed")) read = read.With("seed", (long)RandomNumberGenerator.GetInt32(int.MaxValue));
        if (read.Has("phases")) read = Shared(read, [.. read.Objects("phases").Select((p, i) => RateForms.Lift(p, reader, $"/phases/{i.ToString(CultureInfo.InvariantCulture)}"))], reader.Errors);
        if (!read.Has("optimizer") && Takes("optimizer"))
        {
            read = With(read, "optimizer", kind.Optimizer ?? Optimizer);
            if (kind.Optimizer is null && !read.IsGiven("schedule") && Takes("schedule")) read = With(read, "schedule", Schedule);
        }
        if (AutoRates.Check(read, reader.Errors) && !read.Has("lr_find") && Takes("lr_find")) read = With(read, "lr_find", "{}");
        if (kind.Epochs is { } own && !read.Has("epochs")) read = read.With("epochs", own);
        if (!read.Has("epochs") && Takes("epochs"))
        {
            bool validates = read.OptionalObject("dataset") is { } data && (data.Has("validation_split") || data.Has("validation"));
            bool stops = validates && !read.IsGiven("callbacks") && Takes("callbacks");
            if (stops) read = With(read, "callbacks", EarlyStopping);
            read = read.With("epochs", stops ? UpToEpochs : FixedEpochs);
        }
        return read;

        bool Takes(string member) => !kind.Refuses.Contains(member);

        // What the phases say of the whole job.
        static Arguments Shared(Arguments job, Arguments[] phases, SpecErrors errors)
        {
            job = job.With("phases", phases);
            long epochs = phases.Sum(p => p.Has("epochs") ? p.Long("epochs") : 0);
            if (job.Has("epochs") && job.Long("epochs") != epochs)
                errors.Add("/epochs", "conflict", $"The phases say how many epochs there are: {epochs} together.", job.Long("epochs"));
            else if (epochs > JobArguments.MostEpochs)
                errors.Add("/phases", "out_of_range", $"The phases have {epochs} epochs together; at most {JobArguments.MostEpochs} are taken.", epochs);
            job = job.With("epochs", epochs);
            if (job.Has("optimizer") || !phases[0].Has("optimizer")) return job;
            job = job.With("optimizer", phases[0].Value("optimizer"));
            return job.IsGiven("schedule") ? job : job.With("schedule", phases[0].OptionalValue("schedule"));
        }

        // Written as a client would write it, so that it gets its own defaults in turn.
        Arguments With(Arguments arguments, string name, string json)
        {
            using JsonDocument document = JsonDocument.Parse($$"""{"{{name}}": {{json}}}""");
            Arguments one = reader.ReadObject(document.RootElement, [.. declared.Where(s => s.Name == name)], "");
            return arguments.With(name, one.Values.GetValueOrDefault(name));
        }
    }
}
