using System.Globalization;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Metrics;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Tensors;
using TrainService.Training.Models.Outputs;

namespace TrainService.Training.Running;

/// <summary>Makes the metrics that a job asks for; which kind some are follows from the loss and the number of outputs.</summary>
internal static class MetricChoice
{
    private const string WeightedBefore = "weighted_";

    /// <summary>
    /// A job's metrics, then its weighted metrics; one that is measured both ways has "weighted_" before its name. Those that make no sense for such
    /// targets are errors at their place, and left out.
    /// </summary>
    public static IReadOnlyList<Metric> Of(IReadOnlyList<ComponentValue> asked, IReadOnlyList<ComponentValue> weighted, Loss loss, Network network, SpecErrors errors)
    {
        List<Metric> metrics = [.. LossesOf(loss), .. Make(asked, "/metrics", loss, network, errors)];
        HashSet<string> plain = new(metrics.Select(m => m.Name), StringComparer.Ordinal);
        metrics.AddRange(Make(weighted, "/weighted_metrics", loss, network, errors).Select(m => new WeightedMetric(m, plain.Contains(m.Name) ? WeightedBefore + m.Name : m.Name)));
        return metrics;
    }

    // Keras tells the loss of each output beside the sum.
    private static IEnumerable<Metric> LossesOf(Loss loss)
        => loss is OutputLosses several ? several.Parts.Select(p => new PartMetric(new LossMetric("loss", p.Loss), p)) : [];

    private static IEnumerable<Metric> Of(ComponentValue asked, Loss loss, Network network)
    {
        if (loss is not OutputLosses several) return [Single(asked, loss, network.OutputShape)];
        bool one = asked.Descriptor.Name == PerOutput.OutputMetric.Name;
        string? name = one ? asked.Arguments.Text(PerOutput.Output) : null;
        (OutputLoss Part, OutputRange Range)[] outputs = [.. several.Parts.Zip(OutputRange.Of(network))
            .Where((p, i) => name is null || p.First.Name == name || i.ToString(CultureInfo.InvariantCulture) == name)];
        if (outputs.Length == 0) throw new ArgumentException($"The model has no output '{name}'; its outputs: {string.Join(", ", several.Parts.Select(p => p.Name))}.");
        return [.. outputs.Select(o => new PartMetric(Single(one ? asked.Arguments.Value(PerOutput.Metric) : asked, o.Part.Loss, o.Range.Shape), o.Part))];
    }

    private static Metric Single(ComponentValue asked, Loss loss, Shape output)
    {
        if (loss is BatchLoss) throw new ArgumentException($"{asked.Descriptor.Name} compares outputs with targets, but with this loss outputs are embeddings and targets classes: leave it out.");
        return NamedMetric.Of(Unnamed((MetricFactory)asked.Create(), loss, output), asked.Arguments.OptionalText(NamedMetric.Key));
    }

    private static Metric Unnamed(MetricFactory factory, Loss loss, Shape output)
    {
        if (output.Rank < 2 || output.Size == output[-1]) return factory(loss, checked((int)output.Size));
        Metric each = factory(loss is PositionwiseLoss positions ? positions.Inner : loss, output[-1]);
        return each.SpansAxis ? new PositionwiseMetric(each, checked((int)(output.Size / output[-1])), output[-1]) : each;
    }

    private static List<Metric> Make(IReadOnlyList<ComponentValue> asked, string pointer, Loss loss, Network network, SpecErrors errors)
    {
        var metrics = new List<Metric>(asked.Count);
        for (int i = 0; i < asked.Count; i++)
        {
            try
            {
                metrics.AddRange(Of(asked[i], loss, network));
            }
            catch (ArgumentException e)
            {
                errors.Add($"{pointer}/{i.ToString(CultureInfo.InvariantCulture)}", "conflict", ArgumentConflictException.Plain(e), asked[i].Descriptor.Name);
            }
        }
        return metrics;
    }
}
