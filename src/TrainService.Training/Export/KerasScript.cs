using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Formats;
using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Schedules;
using TrainService.Specification;
using TrainService.Training.Compilation;
using TrainService.Training.Models.Outputs;

namespace TrainService.Training.Export;

/// <summary>A Python script that builds a network with Keras 3 and, when it came from a job, trains it as the job did.</summary>
internal sealed class KerasScript
{
    public const string RatesFile = "rates.npz";

    private const string SmoothingKey = "label_smoothing";

    private const string Smoothed = """


        def smoothed(share, from_logits):
            # Keras smooths rows of shares, not numbers of classes.
            def smoothed_crossentropy(y, p):
                numbers = keras.ops.cast(keras.ops.reshape(y, keras.ops.shape(p)[:-1]), "int32")
                return keras.losses.categorical_crossentropy(keras.ops.one_hot(numbers, p.shape[-1]), p, from_logits=from_logits, label_smoothing=share)

            return smoothed_crossentropy
        """;

    /// <summary>Beyond so many steps rates are no longer written out.</summary>
    private const long MostSteps = 2_000_000;

    private readonly ExportedModel _model;
    private readonly JobSpec? _job;
    private readonly int? _stepsPerEpoch;
    private readonly List<NamedArray> _rates = [];
    private readonly List<string> _notes = [];
    private bool _smooths;

    public KerasScript(ExportedModel model, JobRecordText? job)
    {
        _model = model;
        if (job is null) return;
        using JsonDocument json = JsonDocument.Parse(job.ResolvedJson);
        // Of other kinds the checkpoint is not all that the job trained.
        _job = JobVocabulary.Reader.Read(json.RootElement).Spec is { Kind: JobArguments.TrainKind } trained ? trained : null;
        _stepsPerEpoch = job.StepsPerEpoch;
    }

    /// <summary>The rate of every step, for schedules that Keras has no class for; after <see cref="Text"/>.</summary>
    public IReadOnlyList<NamedArray> Rates => _rates;

    public string Text()
    {
        string build = Build(), training = _job is null ? "" : Training(_job);
        var text = new StringBuilder();
        text.Append("\"\"\"Builds ").Append(PythonText.Text(_model.Name).Trim('"')).Append(" with Keras 3").Append(_job is null ? "" : ", and trains it as the job did").Append(".\n");
        if (_job is not null)
        {
            text.Append("\nUsage: python train.py data.npz, with arrays ").Append(Arrays("")).Append(", and ").Append(Arrays("_val")).Append(" where there is validation data, as the network takes them.\n");
        }
        foreach (string note in _notes) text.Append("\nNote: ").Append(note).Append('\n');
        text.Append("\"\"\"\n");
        if (_job is not null) text.Append("import fnmatch\nimport os\nimport sys\n\nimport numpy as np\n");
        return text.Append("import keras\n\n\n").Append(build).Append(_smooths ? Smoothed.ReplaceLineEndings("\n") : "").Append(training).ToString();
    }

    private string Build()
    {
        var description = new KerasDescription(_model, old: false);
        List<KerasGraphLayer> layers = description.InOrder();
        var text = new StringBuilder("def build():\n");
        if (_model.IsStack)
        {
            text.Append("    return keras.Sequential([\n        ").Append(Input(description.Inputs[0])).Append(",\n");
            foreach (KerasGraphLayer layer in layers.Skip(1)) text.Append("        ").Append(Layer(layer)).Append(",\n");
            return text.Append($"    ], name={PythonText.Text(_model.Name)})\n").ToString();
        }
        text.Append("    t = {}\n");
        foreach (KerasGraphLayer input in description.Inputs) text.Append("    t[").Append(PythonText.Text(input.Name)).Append("] = ").Append(Input(input)).Append('\n');
        HashSet<KerasCall> written = [.. description.Inputs.Select(i => new KerasCall(i.Name, 0))];
        Dictionary<string, KerasGraphLayer> byName = layers.ToDictionary(l => l.Name, StringComparer.Ordinal);
        foreach (KerasGraphLayer shared in layers.Where(l => l.Calls.Count > 1)) text.Append($"    {Shared(shared, layers)} = {Layer(shared)}\n");
        // A layer that is called twice may have to wait with its second call; so each round writes what has its inputs.
        for (bool any = true; any;)
        {
            any = false;
            foreach (KerasGraphLayer layer in layers)
                for (int call = 0; call < layer.Calls.Count; call++)
                    if (layer.Calls[call] is { Count: > 0 } inputs && inputs.All(written.Contains) && (call == 0 || written.Contains(new(layer.Name, call - 1))) && written.Add(new(layer.Name, call)))
                    {
                        string made = layer.Calls.Count > 1 ? Shared(layer, layers) : Layer(layer), list = string.Join(", ", inputs.Select(i => Tensor(i, byName)));
                        text.Append($"    {Tensor(new(layer.Name, call), byName)} = {made}({(inputs.Count == 1 ? list : $"[{list}]")})\n");
                        any = true;
                    }
        }
        string from = List(description.Inputs.Select(i => Tensor(new(i.Name, 0), byName))), to = List(description.Outputs.Select(o => Tensor(o, byName)));
        return text.Append($"    return keras.Model({from}, {to}, name={PythonText.Text(_model.Name)})\n").ToString();
    }

    private static string Input(KerasGraphLayer layer)
        => $"keras.Input({PythonText.Value(new JsonArray([.. layer.Shapes[0].Select(n => (JsonNode?)n)]))}, name={PythonText.Text(layer.Name)})";

    /// <summary>One by itself, several as a list.</summary>
    private static string List(IEnumerable<string> items) => items.ToArray() is [var one] ? one : $"[{string.Join(", ", items)}]";

    private string Arrays(string part) => string.Join(", ", _model.Ports.Inputs.Concat(_model.Ports.Outputs).Select(p => InPart(p, part)));

    // x_NAME of the validation rows is x_val_NAME, as in uploaded datasets.
    private static string InPart(ExportedPort port, string part) => port.Array[..1] + part + port.Array[1..];

    private static string Data(IReadOnlyList<ExportedPort> ports, string part) => List(ports.Select(p => $"data[{PythonText.Text(InPart(p, part))}]"));

    private static string Shared(KerasGraphLayer layer, List<KerasGraphLayer> layers) => $"shared_{layers.IndexOf(layer)}";

    private static string Tensor(KerasCall call, Dictionary<string, KerasGraphLayer> layers)
        => layers[call.Layer].Calls.Count > 1 ? $"t[{PythonText.Text(call.Layer)}, {call.Index}]" : $"t[{PythonText.Text(call.Layer)}]";

    private static string Layer(KerasGraphLayer layer)
    {
        string arguments = PythonText.Arguments(layer.Config);
        return $"keras.layers.{layer.ClassName}({arguments}{(arguments.Length > 0 ? ", " : "")}name={PythonText.Text(layer.Name)}{(layer.Trainable ? "" : ", trainable=False")})";
    }

    private string Training(JobSpec job)
    {
        var text = new StringBuilder("""


            class Rates(keras.callbacks.Callback):
                # The learning rate of every step, as the service's schedule gives it.
                def __init__(self, rates):
                    super().__init__()
                    self.rates, self.step = rates, 0

                def on_train_batch_begin(self, batch, logs=None):
                    self.model.optimizer.learning_rate = float(self.rates[min(self.step, len(self.rates) - 1)])
                    self.step += 1


            def set_trainable(model, names, value):
                every = [layer.name for layer in model.layers]
                for name in names:
                    first, between, last = name.partition("..")
                    for i, layer in enumerate(model.layers):
                        if name == "all" or fnmatch.fnmatchcase(layer.name, name) or (between and every.index(first) <= i <= every.index(last)):
                            layer.trainable = value


            def train(data):

            """.ReplaceLineEndings("\n"));
        text.Append(CultureInfo.InvariantCulture, $"    keras.utils.set_random_seed({job.Seed % (1UL << 32)})\n    model = build()\n");
        string split = job.Dataset.OptionalNumber("validation_split") is { } share ? $"{{\"validation_split\": {PythonText.Literal(share)}}}" : "{}";
        (IReadOnlyList<ExportedPort> inputs, IReadOnlyList<ExportedPort> outputs) = _model.Ports;
        text.Append($"    x, y = {Data(inputs, "")}, {Data(outputs, "")}\n");
        text.Append($"    validation = {{\"validation_data\": ({Data(inputs, "_val")}, {Data(outputs, "_val")})}} if {PythonText.Text(InPart(inputs[0], "_val"))} in data else {split}\n");
        if (job.Dataset.OptionalNumber("validation_split") is not null) _notes.Add("Keras takes the last rows for validation; the service draws them. Give x_val and y_val to train on the same rows.");
        if (job.Arguments.Has("freeze")) text.Append($"    set_trainable(model, {PythonText.Literal(job.Arguments.Texts("freeze"))}, False)\n");
        if (job.Pruning is not null) _notes.Add("The job prunes its weights while it trains; Keras has no such option.");
        string loss = Losses(job.Loss, outputs), metrics = Metrics(job.Metrics, outputs);
        if (job.WeightedMetrics.Count > 0) metrics += $", weighted_metrics={Metrics(job.WeightedMetrics, outputs)}";
        int before = 0;
        foreach (PhaseSpec phase in job.Phases)
        {
            text.Append($"    # {(job.HasPhases ? $"Phase {phase.Index + 1}" : "Training")}: {phase.Epochs} epochs in batches of {phase.BatchSize}.\n");
            if (phase.Freeze.Count > 0) text.Append($"    set_trainable(model, {PythonText.Literal(phase.Freeze)}, False)\n");
            if (phase.Unfreeze.Count > 0) text.Append($"    set_trainable(model, {PythonText.Literal(phase.Unfreeze)}, True)\n");
            List<string> callbacks = [.. phase.Callbacks.Where(c => c.Descriptor.KerasName is not null).Select(c => PythonText.Call("keras.callbacks", c))];
            string rate = Rate(phase, callbacks);
            string optimizer = phase.NewOptimizer || !phase.NewSchedule ? Optimizer(phase, rate) : "model.optimizer";
            text.Append($"    model.compile(optimizer={(phase.NewOptimizer ? optimizer : "model.optimizer")}, loss={loss}, metrics={metrics})\n");
            text.Append($"    model.fit(x, y, batch_size={phase.BatchSize}, initial_epoch={before}, epochs={before + phase.Epochs}, shuffle={(job.Shuffle ? "True" : "False")}, "
                + $"{ClassWeight(job)}callbacks=[{string.Join(", ", callbacks)}], **validation)\n");
            before += phase.Epochs;
        }
        return text.Append("    return model\n\n\nif __name__ == \"__main__\":\n    train(np.load(sys.argv[1])).save(\"trained.keras\")\n").ToString();
    }

    private string ClassWeight(JobSpec job)
    {
        if (job.ClassWeight is not { } weights) return "";
        if (weights.Keys.All(k => int.TryParse(k, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            return $"class_weight={{{string.Join(", ", weights.Select(w => $"{w.Key}: {PythonText.Literal(w.Value)}"))}}}, ";
        _notes.Add("The job weighs classes by their names; Keras needs their numbers.");
        return "";
    }

    /// <summary>The optimizer's first argument: a number, a schedule of Keras's, or a number that a callback replaces at every step.</summary>
    private string Rate(PhaseSpec phase, List<string> callbacks)
    {
        double given = phase.Optimizer is { } optimizer && optimizer.Arguments.Values.GetValueOrDefault(OptimizerSettings.Rate) is double number ? number : 0;
        if (phase.Schedule is not { } schedule) return PythonText.Literal(given)!;
        if (schedule.Descriptor.KerasName == "ReduceLROnPlateau")
        {
            callbacks.Add(PythonText.Call("keras.callbacks", schedule));
            return PythonText.Literal(given)!;
        }
        var made = (Schedule)schedule.Create();
        if (_stepsPerEpoch is not { } steps || (long)steps * phase.Epochs > MostSteps)
        {
            _notes.Add($"The job's schedule {schedule.Descriptor.Name} depends on the number of steps, which is not known: the rate stays as it begins.");
            return PythonText.Literal(given)!;
        }
        float[] rates = new float[steps * phase.Epochs];
        var context = new ScheduleContext((float)given, steps, rates.Length);
        for (int i = 0; i < rates.Length; i++) rates[i] = made.RateAt(i, context);
        if (made.MomentumAt(0, context) is not null) _notes.Add($"{schedule.Descriptor.Name} also moves the momentum; here it stays.");
        _rates.Add(new NamedArray($"phase_{phase.Index}", [rates.Length], rates));
        callbacks.Insert(0, $"Rates(np.load(os.path.join(os.path.dirname(os.path.abspath(__file__)), \"{RatesFile}\"))[\"phase_{phase.Index}\"])");
        return PythonText.Literal((double)rates[0])!;
    }

    private string Optimizer(PhaseSpec phase, string rate)
    {
        if (phase.Optimizer is not { } optimizer) return "\"sgd\"";
        if (optimizer.Arguments.Has("ema")) _notes.Add("The job keeps a moving average of its weights (ema); set use_ema of the optimizer for Keras's.");
        string call = PythonText.Call("keras.optimizers", optimizer, OptimizerSettings.Rate, OptimizerSettings.Decay, "ema");
        return call.Replace("(", call.EndsWith("()", StringComparison.Ordinal) ? $"(learning_rate={rate}" : $"(learning_rate={rate}, ", StringComparison.Ordinal);
    }

    /// <summary>The loss; of several outputs one for each, by name, and what each counts.</summary>
    private string Losses(ComponentValue loss, IReadOnlyList<ExportedPort> outputs)
    {
        if (loss.Descriptor.Name != PerOutput.Loss.Name) return Named("keras.losses", loss);
        string[] each = [.. loss.Arguments.ValueList(PerOutput.Losses).Select(l => Named("keras.losses", l))];
        if (outputs.Count == 1) return each[0];
        string weights = loss.Arguments.Has(PerOutput.Weights) ? $", loss_weights={PythonText.Literal(loss.Arguments.Numbers(PerOutput.Weights))}" : "";
        return $"[{string.Join(", ", each)}]{weights}";
    }

    private string Metrics(IReadOnlyList<ComponentValue> metrics, IReadOnlyList<ExportedPort> outputs)
    {
        if (outputs.Count == 1) return $"[{string.Join(", ", metrics.Select(m => Metric(Measured(m))))}]";
        // Without a name of an output each of them is measured.
        return $"[{string.Join(", ", outputs.Select((o, i) => $"[{string.Join(", ", metrics.Where(m => OutputOf(m) is not { } name || name == o.Name || name == $"{i}").Select(m => Metric(Measured(m))))}]"))}]";
    }

    private static string? OutputOf(ComponentValue metric) => metric.Descriptor.Name == PerOutput.OutputMetric.Name ? metric.Arguments.Text(PerOutput.Output) : null;

    private static ComponentValue Measured(ComponentValue metric) => OutputOf(metric) is null ? metric : metric.Arguments.Value(PerOutput.Metric);

    private string Metric(ComponentValue metric) => metric.Descriptor.Name == "accuracy" ? "\"accuracy\"" : Named("keras.metrics", metric);

    private string Named(string module, ComponentValue component)
    {
        if (component.Descriptor.Name == SparseCategoricalCrossentropy.Descriptor.Name && component.Arguments.Number(SmoothingKey) > 0)
        {
            _smooths = true;
            return $"smoothed({PythonText.Literal(component.Arguments.Number(SmoothingKey))}, {PythonText.Literal(component.Arguments.Flag("from_logits"))})";
        }
        if (component.Descriptor.KerasName is not null) return PythonText.Call(module, component);
        _notes.Add($"Keras has no '{component.Descriptor.Name}': put your own in its place.");
        return PythonText.Text(component.Descriptor.Name);
    }
}
