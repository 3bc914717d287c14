using System.Globalization;
using System.Text.Json;
using TrainService.Data.Descriptions;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Models.Outputs;

/// <summary>The loss of a network: for each of its outputs, and over all positions of outputs with several axes.</summary>
internal static class NetworkLoss
{
    private const string Loss = "loss", LossWeights = "loss_weights";

    /// <param name="loss">As <see cref="Resolve"/> has left it.</param>
    public static Loss Of(ComponentValue loss, Network network)
    {
        IReadOnlyList<OutputRange> outputs = OutputRange.Of(network);
        if (loss.Descriptor.Name != PerOutput.Loss.Name) return ((Loss)loss.Create()).Over(network.OutputShape);
        IReadOnlyList<ComponentValue> losses = loss.Arguments.ValueList(PerOutput.Losses);
        if (outputs.Count == 1) return ((Loss)losses[0].Create()).Over(network.OutputShape);
        return new OutputLosses([.. outputs.Select((o, i) => new OutputLoss(o.Name, ((Loss)losses[i].Create()).Over(o.Shape), o.Offset, o.Length,
            loss.Arguments.Has(PerOutput.Targets) ? (int)loss.Arguments.Integers(PerOutput.Targets)[i] : 0,
            loss.Arguments.Has(PerOutput.Weights) ? loss.Arguments.Numbers(PerOutput.Weights)[i] : 1))]);
    }

    /// <summary>A job's loss and loss_weights put into the order of the network's outputs. A job with one output and one loss has its loss back.</summary>
    /// <param name="target">A row of targets: by its parts' names; without them, when each output takes a whole row, all are compared with the same, else they stand one behind the other.</param>
    /// <returns>Null when there were errors.</returns>
    public static ComponentValue? Resolve(Arguments job, Network network, TargetDescription target, SpecErrors errors)
    {
        ComponentValue asked = job.Value(Loss);
        IReadOnlyList<OutputRange> outputs = OutputRange.Of(network);
        bool several = asked.Descriptor.Name == PerOutput.Loss.Name, weighted = job.Has(LossWeights);
        if (outputs.Count == 1 && !several && !weighted) return asked;
        int before = errors.Count;
        ComponentValue?[] losses = [.. outputs.Select((o, i) => several ? Named(asked, o.Name, i) : asked)];
        if (several) Unknown(asked.Arguments.Texts(PerOutput.Outputs), outputs, $"/{Loss}", errors);
        for (int i = 0; i < losses.Length; i++)
            if (losses[i] is null)
                errors.Add($"/{Loss}", "required", $"The output '{outputs[i].Name}' has no loss.", outputs[i].Name);
        double[]? weights = Weights(job, outputs, errors) ?? (several && asked.Arguments.Has(PerOutput.Weights) ? [.. asked.Arguments.Numbers(PerOutput.Weights)] : null);
        if (errors.Count > before) return null;
        int[] lengths = [.. outputs.Select((o, i) => ((Loss)losses[i]!.Create()).Over(o.Shape).TargetLength(o.Length))];
        if (target.Parts is { } parts)
            return ByName(parts, outputs, lengths, errors) is { } places ? PerOutput.Of([.. outputs.Select(o => o.Name)], losses!, weights, places) : null;
        int targetLength = target.Length;
        bool common = lengths.Sum() > targetLength && lengths.All(n => n == targetLength);
        long offset = 0;
        long[] targets = [.. lengths.Select(n => common ? 0 : (offset += n) - n)];
        return PerOutput.Of([.. outputs.Select(o => o.Name)], losses!, weights, targets);
    }

    /// <summary>Where the targets of each output begin; null when the dataset's arrays are not those that the outputs need.</summary>
    private static long[]? ByName(IReadOnlyList<NamedPart> parts, IReadOnlyList<OutputRange> outputs, int[] lengths, SpecErrors errors)
    {
        const string pointer = "/dataset/name";
        int before = errors.Count;
        long[] places = new long[outputs.Count];
        for (int i = 0; i < outputs.Count; i++)
        {
            if (parts.FirstOrDefault(p => p.Name == outputs[i].Name) is not { } part)
                errors.Add(pointer, "not_found", $"The dataset has no array of targets for the output '{outputs[i].Name}'; it has them for {string.Join(", ", parts.Select(p => p.Name))}.", outputs[i].Name,
                    NearestName.Of(outputs[i].Name, parts.Select(p => p.Name)));
            else if (part.Length != lengths[i])
                errors.Add(pointer, "conflict", $"The loss of the output '{part.Name}' takes {lengths[i]} targets a row, but the dataset gives {part.Length}.", part.Length);
            else
                places[i] = parts.TakeWhile(p => p.Name != part.Name).Sum(p => (long)p.Length);
        }

        foreach (NamedPart part in parts)
            if (!outputs.Any(o => o.Name == part.Name))
                errors.Add(pointer, "conflict", $"The dataset has targets for the output '{part.Name}', which the model hasn't; its outputs: {string.Join(", ", outputs.Select(o => o.Name))}.", part.Name,
                    NearestName.Of(part.Name, outputs.Select(o => o.Name)));
        return errors.Count > before ? null : places;
    }

    private static ComponentValue? Named(ComponentValue asked, string name, int place)
    {
        IReadOnlyList<string> names = asked.Arguments.Texts(PerOutput.Outputs);
        for (int i = 0; i < names.Count; i++)
            if (names[i] == name || names[i] == place.ToString(CultureInfo.InvariantCulture))
                return asked.Arguments.ValueList(PerOutput.Losses)[i];
        return null;
    }

    private static void Unknown(IEnumerable<string> names, IReadOnlyList<OutputRange> outputs, string pointer, SpecErrors errors)
    {
        foreach (string name in names)
            if (!outputs.Any(o => o.Name == name) && !(int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int place) && place < outputs.Count))
                errors.Add(JsonPointer.Member(pointer, name), "unknown_name", $"The model has no output '{name}'; its outputs: {string.Join(", ", outputs.Select(o => o.Name))}.",
                    name, NearestName.Of(name, outputs.Select(o => o.Name)));
    }

    private static double[]? Weights(Arguments job, IReadOnlyList<OutputRange> outputs, SpecErrors errors)
    {
        if (!job.Has(LossWeights)) return null;
        var given = (JsonElement)job.Values[LossWeights]!;
        double[] weights = [.. outputs.Select(_ => 1.0)];
        (string Name, JsonElement Weight)[] all = given.ValueKind switch
        {
            JsonValueKind.Array => [.. given.EnumerateArray().Select((e, i) => (i.ToString(CultureInfo.InvariantCulture), e))],
            JsonValueKind.Object => [.. given.EnumerateObject().Select(p => (p.Name, p.Value))],
            _ => [],
        };
        if (all.Length == 0 || (given.ValueKind == JsonValueKind.Array && all.Length != outputs.Count))
            errors.Add($"/{LossWeights}", "wrong_type", $"Expected a list of {outputs.Count} numbers, or an object with the outputs' names.", given);
        Unknown(all.Select(a => a.Name), outputs, $"/{LossWeights}", errors);
        foreach ((string name, JsonElement weight) in all)
        {
            int at = Enumerable.Range(0, outputs.Count).FirstOrDefault(i => outputs[i].Name == name || i.ToString(CultureInfo.InvariantCulture) == name, -1);
            if (weight.ValueKind != JsonValueKind.Number || !weight.TryGetDouble(out double number) || !double.IsFinite(number) || number < 0 || number > float.MaxValue)
                errors.Add(JsonPointer.Member($"/{LossWeights}", name), "wrong_type", "Expected a number of at least 0.", weight);
            else if (at >= 0) weights[at] = number;
        }

        return weights;
    }
}
