using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Jobs.Specs;
using TrainService.Specification;
using TrainService.Training.Compilation;
using TrainService.Training.Export;
using TrainService.Training.Inference;
using TrainService.Training.Tests.Export.Onnx;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Export;

/// <summary>
/// The Keras script of a bundle, over the whole catalog: Python compiles it, and every class that it calls is one of Keras's (keras_api.txt, taken from Keras's
/// own source), with arguments that it takes.
/// </summary>
public sealed class KerasScriptTests
{
    /// <summary>Arguments without which a component can't be.</summary>
    private static readonly Dictionary<string, string> Required = new(StringComparer.Ordinal)
    {
        ["cosine_restarts"] = """ "first_decay_steps": 5""", ["cyclical"] = """ "base_lr": 0.001, "max_lr": 0.1""", ["piecewise_constant"] = """ "boundaries": [2, 5], "values": [0.1, 0.01, 0.001]""",
        ["warmup"] = """ "steps": 3, "schedule": "cosine" """, ["custom"] = """ "points": [[0, 0.1], [10, 0.01]]""", ["one_cycle"] = """ "max_learning_rate": 0.1""", ["step"] = """ "drop_every": 2""",
        ["fixup"] = """ "branches": 3""", ["per_output"] = """ "outputs": ["0"], "losses": ["mse"]""", ["of_output"] = """ "output": "0", "metric": "mse" """,
    };

    [PythonFact]
    public void Every_script_compiles_and_calls_nothing_that_Keras_has_not()
    {
        string folder = Directory.CreateTempSubdirectory("tsscripts").FullName;
        try
        {
            int layers = Write(folder, "layers", Layers()), jobs = Write(folder, "jobs", Jobs());
            (layers, jobs).ShouldSatisfyAllConditions(n => n.layers.ShouldBeGreaterThan(70), n => n.jobs.ShouldBeGreaterThan(150));
            (int code, string output) = OnnxRuntime.CheckScripts(folder);
            output.Trim().ShouldBeEmpty();
            code.ShouldBe(0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Every_component_of_a_job_is_among_them()
    {
        string all = string.Join('\n', Jobs().Select(j => j.Name));
        foreach (string category in new[] { "optimizer", "schedule", "loss", "metric", "callback", "initializer", "regularizer", "constraint" })
            foreach (ComponentDescriptor descriptor in JobVocabulary.All[category].Descriptors)
                all.ShouldContain($"{category}-{descriptor.Name}\n");
    }

    private static int Write(string folder, string kind, IEnumerable<(string Name, Func<string> Script)> scripts)
    {
        int count = 0;
        foreach ((string name, Func<string> script) in scripts)
            try
            {
                File.WriteAllText(Path.Combine(folder, $"{kind}-{count:0000}-{name.Trim()}.py"), script());
                count++;
            }
            catch (ExportException)
            {
                // Keras has nothing like it, and the export says so.
            }
        return count;
    }

    /// <summary>Every layer of the catalog, in the models that are exported elsewhere.</summary>
    private static IEnumerable<(string, Func<string>)> Layers() => OnnxExportTests.All.Select(model => ("layers", (Func<string>)(() =>
    {
        using LoadedNetwork loaded = ExportCases.Load(model);
        return new KerasScript(ExportedModel.Of(loaded, half: false), null).Text();
    })));

    /// <summary>Every component with its defaults, and with each of its arguments changed.</summary>
    private static List<(string Name, Func<string> Script)> Jobs()
    {
        List<(string, Func<string>)> jobs = [];
        foreach ((string category, Func<string, string> change) in new (string, Func<string, string>)[]
        {
            ("optimizer", c => $$"""{"optimizer": {{c}} }"""), ("schedule", c => $$"""{"schedule": {{c}} }"""), ("loss", c => $$"""{"loss": {{c}} }"""), ("metric", c => $$"""{"metrics": [{{c}}]}"""),
            ("callback", c => $$"""{"callbacks": [{{c}}]}"""), ("initializer", c => Layer("kernel_initializer", c)), ("regularizer", c => Layer("kernel_regularizer", c)), ("constraint", c => Layer("kernel_constraint", c)),
        })
            foreach (ComponentDescriptor descriptor in JobVocabulary.All[category].Descriptors)
            {
                string needs = Required.TryGetValue(descriptor.Name, out string? given) ? $", {given}" : "", plain = change($$"""{"type": "{{descriptor.Name}}"{{needs}} }""");
                jobs.Add(($"{category}-{descriptor.Name}\n", Script(plain) ?? throw new InvalidOperationException($"{category} {descriptor.Name}: {Errors(plain)}")));
                foreach (ArgumentSpec argument in descriptor.Arguments)
                    if (!needs.Contains($"\"{argument.Name}\"", StringComparison.Ordinal)
                        && Other(argument).Select(v => Script(change($$"""{"type": "{{descriptor.Name}}"{{needs}}, "{{argument.Name}}": {{v}} }"""))).FirstOrDefault(s => s is not null) is { } changed)
                        jobs.Add(($"{category}-{descriptor.Name}-{argument.Name}\n", changed));
            }
        return jobs;
    }

    private static string Layer(string argument, string component) => $$"""
        {"model": {"type": "sequential", "layers": [{"type": "dense", "units": 4, "activation": "relu", "{{argument}}": {{component}} }, {"type": "dense", "units": 3, "activation": "softmax"}] } }
        """;

    /// <summary>Values that are not the default.</summary>
    private static IEnumerable<string> Other(ArgumentSpec argument) => argument.Kind switch
    {
        ArgumentKind.Flag => [argument.Default is true ? "false" : "true"],
        ArgumentKind.Integer => ["2", "3", "7"],
        ArgumentKind.Number => ["0.25", "2.5", "0.001", "3"],
        ArgumentKind.Choice => argument.Choices.Where(c => !Equals(c, argument.Default)).Select(c => $"\"{c}\""),
        ArgumentKind.Text => ["\"val_loss\""],
        _ => [],
    };

    /// <summary>Null when such a job can't be.</summary>
    private static Func<string>? Script(string changes)
    {
        JobReading reading = Read(changes);
        if (reading.Errors.Any) return null;
        JobSpec spec = reading.Spec!;
        return () =>
        {
            using LoadedNetwork loaded = ExportCases.Load(WithInput(spec));
            return new KerasScript(ExportedModel.Of(loaded, half: false), new JobRecordText(spec.ToJson(), 10)).Text();
        };
    }

    private static string Errors(string changes) => string.Join("; ", Read(changes).Errors.All.Select(e => $"{e.Pointer} {e.Detail}"));

    private static JobReading Read(string changes) => JobVocabulary.Reader.Read(JsonSerializer.SerializeToElement(Spec.Json(changes)));

    private static string WithInput(JobSpec spec)
    {
        JsonNode model = JsonNode.Parse(spec.ToJson())!["model"]!;
        model["layers"]![0]!["input_shape"] = new JsonArray(4);
        return model.ToJsonString();
    }
}
