using System.Text.Json.Nodes;
using TrainService.Jobs.Specs.Kinds;
using TrainService.Specification;
using TrainService.Training.Compilation;

namespace TrainService.Api.Tests.Fuzz;

/// <summary>Jobs made of everything that a job may hold, as the service itself declares it: right more often than not, and now and then at or beyond a limit.</summary>
internal sealed class JobGrammar(Random random)
{
    private static readonly string[] Datasets = ["blobs", "moons", "spirals", "sine", "synthetic-fashion", "fashion-mnist", "nowhere", ""];
    private static readonly double[] Extremes = [0, -1, 1, 0.5, 2, 1e-30, 1e30, 1e308, -1e308, int.MaxValue, (double)int.MaxValue + 1, int.MinValue, 9.007199254740993e15, 1e18];

    /// <summary>Most jobs are nearly right, so that what lies behind the first check is met too.</summary>
    private readonly int _calm = random.Next(3) == 0 ? 1 : 30;

    public JsonObject Job()
    {
        JsonObject job = Object(JobVocabulary.Reader.DeclaredFor(JobKinds.All[random.Next(JobKinds.All.Count)]), 0, optional: 0.1);
        if (random.Next(20) > 0) job["dataset"] = Dataset();
        if (random.Next(20) > 0) job["model"] = Model();
        if (random.Next(20) > 0) job["loss"] = Pick("sparse_categorical_crossentropy", "mse", "binary_crossentropy", "categorical_crossentropy");
        return job;
    }

    private JsonObject Dataset()
    {
        var dataset = new JsonObject { ["name"] = Datasets[random.Next(Datasets.Length)] };
        if (random.Next(2) == 0) dataset["validation_split"] = random.NextDouble();
        if (random.Next(4) == 0) dataset["limit"] = random.Next(-1, 500);
        if (random.Next(5) == 0) dataset["preprocess"] = new JsonArray(Pick("standardize", "one_hot", "min_max", "rescale"));
        return dataset;
    }

    private JsonObject Model()
    {
        var layers = new JsonArray();
        for (int i = random.Next(0, 6); i > 0; i--) layers.Add(Component("layer", 1));
        if (random.Next(3) > 0) layers.Add(new JsonObject { ["type"] = "dense", ["units"] = random.Next(1, 12), ["activation"] = "softmax" });
        if (random.Next(3) == 0) layers.Insert(0, new JsonObject { ["type"] = "flatten" });
        return new JsonObject { ["type"] = "sequential", ["layers"] = layers };
    }

    private JsonNode? Value(ArgumentSpec spec, int depth)
    {
        if (spec.Nullable && random.Next(6) == 0) return null;
        if (random.Next(60 * _calm) == 0) return Anything();
        switch (spec.Kind)
        {
            case ArgumentKind.Integer: return spec.Category is { } other && random.Next(3) == 0 ? Component(other, depth + 1) : Whole(spec);
            case ArgumentKind.Number: return spec.Category is { } kind && random.Next(3) == 0 ? Component(kind, depth + 1) : Number(spec);
            case ArgumentKind.Flag: return random.Next(2) == 0;
            case ArgumentKind.Text: return random.Next(_calm) > 0 ? "val_loss" : Text();
            case ArgumentKind.Choice: return spec.Choices.Count > 0 ? spec.Choices[random.Next(spec.Choices.Count)] : Text();
            case ArgumentKind.Integers: return Many(spec, () => Whole(spec));
            case ArgumentKind.Numbers: return Many(spec, () => Number(spec));
            case ArgumentKind.Texts: return Many(spec, () => JsonValue.Create(Text()));
            case ArgumentKind.Component: return Component(spec.Category!, depth + 1);
            case ArgumentKind.Components: return Many(spec, () => Component(spec.Category!, depth + 1));
            case ArgumentKind.Object: return Object(spec.Members, depth + 1);
            case ArgumentKind.Objects: return Many(spec, () => Object(spec.Members, depth + 1));
            case ArgumentKind.TextMap: return new JsonObject { [Text()] = Text() };
            case ArgumentKind.NumberMap: return new JsonObject { [random.Next(4).ToString(System.Globalization.CultureInfo.InvariantCulture)] = Number(spec) };
            default: return Anything();
        }
    }

    private JsonObject Object(IReadOnlyList<ArgumentSpec> specs, int depth, double optional = 0.25)
    {
        var made = new JsonObject();
        foreach (ArgumentSpec spec in specs)
            if (spec.Required ? random.Next(40 * _calm) > 0 : random.NextDouble() < (_calm > 1 ? optional / 2 : optional))
                made[spec.Aliases.Count > 0 && random.Next(8) == 0 ? spec.Aliases[0] : spec.Name] = Value(spec, depth);
        return made;
    }

    private JsonNode? Component(string category, int depth)
    {
        if (depth > 6) return Text();
        ComponentRegistry registry = JobVocabulary.All[category];
        ComponentDescriptor[] all = [.. registry.Descriptors];
        ComponentDescriptor chosen = all[random.Next(all.Length)];
        if (random.Next(4) == 0) return chosen.Name;
        JsonObject arguments = Object(registry.ArgumentsOf(chosen), depth);
        if (chosen.KerasName is { } keras && random.Next(5) == 0) return new JsonObject { ["class_name"] = keras, ["config"] = arguments };
        arguments["type"] = chosen.Name;
        return arguments;
    }

    private JsonArray Many(ArgumentSpec spec, Func<JsonNode?> make)
    {
        int least = Math.Min(spec.Count?.Minimum ?? 0, 4), most = Math.Clamp(spec.Count?.Maximum ?? 3, least, least + 3);
        if (random.Next(20) == 0) most += 5;
        return new JsonArray([.. Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => make())]);
    }

    private JsonNode Whole(ArgumentSpec spec)
        => random.Next(12 * _calm) == 0 ? Extremes[random.Next(Extremes.Length)] : random.Next((int)Math.Clamp(spec.Minimum ?? -2, -1000, 1000), (int)Math.Clamp(spec.Maximum ?? 40, 1, 40) + 1 + 1000) % 1001 % (random.Next(4) == 0 ? 1001 : 17) + (int)Math.Clamp(spec.Minimum ?? 0, -1, 1);

    private JsonNode Number(ArgumentSpec spec)
    {
        if (random.Next(12 * _calm) == 0) return Extremes[random.Next(Extremes.Length)];
        double low = Math.Max(spec.Minimum ?? -1, -1e3), high = Math.Min(spec.Maximum ?? 2, 1e3);
        return random.Next(8) == 0 ? spec.Minimum ?? low : low + (random.NextDouble() * (high - low));
    }

    private string Text() => random.Next(8) switch
    {
        0 => "",
        1 => new string('x', random.Next(1, 400)),
        2 => "ü\u0000\u2028\"\\",
        3 => "../../etc/passwd",
        4 => "%00%ff{}",
        _ => "name" + random.Next(5),
    };

    private JsonNode? Anything() => random.Next(7) switch
    {
        0 => null,
        1 => random.NextDouble() * 1e10,
        2 => Text(),
        3 => new JsonArray(1, "a", null),
        4 => new JsonObject { ["type"] = Text() },
        5 => random.Next(2) == 0,
        _ => Extremes[random.Next(Extremes.Length)],
    };

    private string Pick(params string[] words) => words[random.Next(words.Length)];
}
