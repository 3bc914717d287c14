using System.Text.Json;
using TrainService.NeuralNet.Explaining;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Sessions;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.Training.Inference.Explaining;

/// <summary>One question, being worked on: the method chosen, what it costs held against what a question may cost, and its numbers.</summary>
internal sealed class Question(LoadedNetwork loaded, ExplainedInput input, Arguments asked, SpecErrors errors, ComputePool pool, CancellationToken ct)
{
    /// <summary>Bytes that the activations of one question may take; of a network that needs more for a single row, what that takes.</summary>
    private const long Memory = 128L << 20;

    /// <summary>Floating-point operations in one question: a minute or two of one core.</summary>
    private const double MostOperations = 5e12;

    private const int LargestBatch = 32;

    private readonly Network _network = loaded.State.Network;

    /// <summary>Null when there were errors.</summary>
    public Explanation? Answer()
    {
        using ComputeTeam team = pool.LeaseBeside();
        string method = asked.OptionalText("method") ?? (input.IsPicture && GradCam.Layers(_network).Count > 0 ? ExplanationArguments.GradCam : ExplanationArguments.Integrated);
        CheckUsed(method);
        bool shares = method is ExplanationArguments.Integrated or ExplanationArguments.Occlusion;
        string of = asked.OptionalText("of") ?? (shares && loaded.ClassNames is not null ? "probability" : "score");
        float[]? baseline = shares ? Baseline.Read(Json("baseline"), method == ExplanationArguments.Occlusion ? "gray" : "black", input, errors) : null;
        if (ExplainedOutput.Of(loaded, Json("class"), Outputs(team), errors) is not { } output || errors.Any) return null;
        var options = new ScoreOptions(ExplainedOutput.LinkOf(loaded), of == "probability", Gradients: true);
        Explanation? found = method switch
        {
            ExplanationArguments.Occlusion => Occlude(team, output, options, baseline!),
            ExplanationArguments.GradCam => Activate(team, output, options),
            _ => Differentiate(team, output, options, method, baseline),
        };
        return found is null ? null : found with
        {
            Method = method,
            Of = of,
            Index = output.Index,
            ClassName = output.Name,
            Actual = input.Actual,
            Picture = input.IsPicture ? input.Picture() : null,
        };
    }

    private Explanation? Differentiate(ComputeTeam team, ExplainedOutput output, ScoreOptions options, string method, float[]? baseline)
    {
        int passes = method switch { ExplanationArguments.Integrated => asked.Integer("steps"), ExplanationArguments.SmoothGrad => asked.Integer("samples"), _ => 1 };
        if (!Affordable(passes, 3, method == ExplanationArguments.Integrated ? "/steps" : method == ExplanationArguments.SmoothGrad ? "/samples" : "/method")) return null;
        using ScoreSession session = Open(team, options, passes);
        if (!session.HasGradient)
        {
            errors.Add("/method", "conflict", "The network looks its inputs up in a table: there is no gradient. Take occlusion.", method);
            return null;
        }

        (float[] values, double score) = GradientMethods.Plain(session, output, input.Row, ct);
        double? start = null;
        if (method == ExplanationArguments.SmoothGrad)
            values = GradientMethods.Smooth(session, output, input.Row, passes, asked.Number("noise"), (ulong)asked.Long("seed"), ct);
        else if (method == ExplanationArguments.Integrated)
        {
            values = GradientMethods.Integrated(session, output, input.Row, baseline!, passes, ct);
            start = ScoreOf(session, output, baseline!);
        }

        bool shares = method == ExplanationArguments.Integrated;
        return New(input.Shape, values, score) with
        {
            BaselineScore = start,
            Map = input.IsPicture ? new HeatMap(input.Shape[0], input.Shape[1], shares, OverChannels(values, shares)) : null,
            Columns = ColumnsOf(values, shares),
        };
    }

    private Explanation? Occlude(ComputeTeam team, ExplainedOutput output, ScoreOptions options, float[] baseline)
    {
        if (!input.IsPicture) return Ablate(team, output, options, baseline);
        (int height, int width) = (input.Shape[0], input.Shape[1]);
        int shorter = Math.Min(height, width), window = asked.OptionalInteger("window") ?? Math.Max(1, shorter / 8), stride = asked.OptionalInteger("stride") ?? Math.Max(1, window / 2);
        if (window > shorter) errors.Add("/window", "out_of_range", $"The picture is {height} x {width}: expected 1 to {shorter}.", window);
        if (stride > window) errors.Add("/stride", "out_of_range", $"Squares of {window} pixels further apart than that would leave gaps.", stride);
        if (errors.Any) return null;
        int passes = OcclusionMethod.Corners(height, window, stride).Length * OcclusionMethod.Corners(width, window, stride).Length;
        if (!Affordable(passes, 1, "/stride")) return null;
        using ScoreSession session = Open(team, options with { Gradients = false }, passes);
        double score = ScoreOf(session, output, input.Row);
        float[] lost = OcclusionMethod.Squares(session, output, input.Row, baseline, height, width, window, stride, score, ct);
        return New([height, width], lost, score) with { Map = new HeatMap(height, width, true, lost) };
    }

    // A table's columns, or single numbers.
    private Explanation? Ablate(ComputeTeam team, ExplainedOutput output, ScoreOptions options, float[] baseline)
    {
        (int Start, int Length)[] parts = input.Preprocessing.Columns is { } columns ? Places(columns.Select(c => c.Width)) : Places(Enumerable.Repeat(1, input.Row.Length));
        if (!Affordable(parts.Length, 1, "/method")) return null;
        using ScoreSession session = Open(team, options with { Gradients = false }, parts.Length);
        double score = ScoreOf(session, output, input.Row);
        float[] lost = OcclusionMethod.Parts(session, output, input.Row, baseline, parts, score, ct);
        return input.Preprocessing.Columns is { } named
            ? New([parts.Length], lost, score) with { Columns = [.. named.Select((c, i) => new ColumnShare(c.Name, lost[i], [lost[i]]))] }
            : New(input.Shape, lost, score);
    }

    private Explanation? Activate(ComputeTeam team, ExplainedOutput output, ScoreOptions options)
    {
        IReadOnlyList<NetworkLayer> layers = GradCam.Layers(_network);
        string? name = asked.OptionalText("layer");
        NetworkLayer? layer = name is null ? (layers.Count > 0 ? layers[^1] : null) : layers.FirstOrDefault(l => l.Name == name);
        if (!input.IsPicture)
            errors.Add("/method", "conflict", $"grad_cam is for pictures; the network takes inputs of shape [{string.Join(", ", input.Shape)}].", ExplanationArguments.GradCam);
        else if (layer is null && layers.Count == 0)
            errors.Add("/method", "conflict", "No layer of this network has height and width: take another method.", ExplanationArguments.GradCam);
        else if (layer is null)
            errors.Add("/layer", "unknown_name", $"No layer of this name has height and width; there are {string.Join(", ", layers.Select(l => l.Name).TakeLast(20))}.", name, NearestName.Of(name!, layers.Select(l => l.Name)));
        if (errors.Any || !Affordable(1, 3, "/method")) return null;
        using ScoreSession session = Open(team, options with { Layer = layer!.Index }, 1);
        if (!session.HasGradient)
        {
            errors.Add("/layer", "conflict", $"No gradient gets from the output to '{layer.Name}'.", layer.Name);
            return null;
        }

        (float[] map, double score) = GradCam.Run(session, output, input.Row, ct);
        (int height, int width) = (session.Shape[0], session.Shape[1]);
        return New([height, width], map, score) with
        {
            Layer = layer.Name,
            Map = new HeatMap(input.Shape[0], input.Shape[1], false, GradCam.Enlarge(map, height, width, input.Shape[0], input.Shape[1])),
        };
    }

    // What another method takes would be without effect.
    private void CheckUsed(string method)
    {
        foreach ((string name, string[] methods) in ExplanationArguments.TakenBy)
            if (asked.IsGiven(name) && asked.Has(name) && !methods.Contains(method))
                errors.Add("/" + name, "conflict", $"{method} takes no {name}; {string.Join(" and ", methods)} {(methods.Length == 1 ? "does" : "do")}.");
    }

    private static Explanation New(IReadOnlyList<int> shape, float[] values, double score) => new() { Method = "", Of = "", Index = 0, Shape = shape, Values = values, Score = score };

    private JsonElement? Json(string name) => asked.Has(name) ? (JsonElement)asked.Values[name]! : null;

    private ScoreSession Open(ComputeTeam team, ScoreOptions options, int rows) => ScoreSession.Within(Memory, Math.Clamp(rows, 1, LargestBatch), loaded.State, team, options);

    private bool Affordable(int passes, int cost, string place)
    {
        double operations = (double)passes * cost * _network.Flops;
        if (passes <= ExplanationArguments.MostPasses && operations <= MostOperations) return true;
        errors.Add(place, "too_large", passes > ExplanationArguments.MostPasses
            ? $"This takes {passes:N0} passes through the network; a question may have {ExplanationArguments.MostPasses:N0}."
            : $"This takes {operations:0.0e0} operations; a question may have {MostOperations:0.0e0}: ask for less.", passes);
        return false;
    }

    private float[] Outputs(ComputeTeam team)
    {
        float[] outputs = new float[_network.OutputShape.Size];
        using var session = new InferenceSession(loaded.State, 1, team);
        session.Predict(new FloatRows(input.Row, input.Row.Length), [0], outputs);
        return outputs;
    }

    private double ScoreOf(ScoreSession session, ExplainedOutput output, float[] row)
    {
        double score = 0;
        session.Visit(new FloatRows(row, row.Length), output.Output, output.Sign, (_, s, _, _) => score = s, ct);
        return score;
    }

    // Shares of a pixel's channels add up; of gradients the strongest counts, as Simonyan and others have it.
    private float[] OverChannels(float[] values, bool shares)
    {
        int channels = input.Channels;
        float[] map = new float[values.Length / channels];
        for (int i = 0; i < values.Length; i++)
            map[i / channels] = shares ? map[i / channels] + values[i] : Math.Max(map[i / channels], Math.Abs(values[i]));
        return map;
    }

    private ColumnShare[]? ColumnsOf(float[] values, bool shares)
        => input.Preprocessing.Columns is not { } columns ? null
            : [.. columns.Zip(Places(columns.Select(c => c.Width)), (column, place) =>
            {
                float[] own = values[place.Start..(place.Start + place.Length)];
                return new ColumnShare(column.Name, shares ? own.Sum(v => (double)v) : own.MaxBy(v => Math.Abs(v)), own);
            })];

    private static (int Start, int Length)[] Places(IEnumerable<int> widths)
    {
        List<(int, int)> places = [];
        int at = 0;
        foreach (int width in widths)
        {
            places.Add((at, width));
            at += width;
        }

        return [.. places];
    }
}
