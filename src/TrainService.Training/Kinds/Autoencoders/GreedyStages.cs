using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Models;
using TrainService.Training.Reuse;

namespace TrainService.Training.Kinds.Autoencoders;

/// <summary>What is learned at once of a stack: one weighted layer, what leads to it from the one before, and what follows it in the same places.</summary>
/// <param name="Model">These layers alone, by the names that they have in the stack.</param>
/// <param name="InputShape">Of what they take in.</param>
/// <param name="Stack">All layers up to these, as one model.</param>
/// <param name="Names">Of these layers.</param>
internal sealed record GreedyStage(ComponentValue Model, IReadOnlyList<int> InputShape, ComponentValue Stack, IReadOnlyList<string> Names);

/// <summary>Cuts a stack into stages.</summary>
internal static class GreedyStages
{
    /// <returns>Null when it is no stack or nothing of it can be learned: told in <paramref name="errors"/>.</returns>
    public static IReadOnlyList<GreedyStage>? Of(ComponentValue model, IReadOnlyList<int> inputShape, SpecErrors errors)
    {
        if (model.Descriptor.Name != SequentialModel.Descriptor.Name)
        {
            errors.Add("/model", "conflict", "Only a stack (sequential) can be learned layer by layer.", model.Descriptor.Name);
            return null;
        }

        if (WeightsFrom.Of(model) is { } from)
        {
            errors.Add("/model", "conflict", "Layers are learned from the first on, so the stack can't start from a checkpoint.", from.Checkpoint);
            return null;
        }

        var definition = (ModelDefinition)model.Create();
        if (NetworkBuilder.Build(definition, inputShape, errors) is not { } network) return null;
        // As it stands in the stack, with its name written out.
        ComponentValue[] layers = [.. definition.Nodes.Select(n => Made.With(Made.With(n.Value with { Place = n.Pointer }, LayerArguments.Name, n.Node.Name), LayerArguments.InputShape, null))];
        var stages = new List<GreedyStage>();
        int start = 0;
        while (start < layers.Length)
        {
            int weighted = Enumerable.Range(start, layers.Length - start).FirstOrDefault(i => Mirror.IsWeighted(definition.Nodes[i]), -1);
            if (weighted < 0) break;
            int next = Enumerable.Range(weighted + 1, layers.Length - weighted - 1).FirstOrDefault(i => Mirror.IsWeighted(definition.Nodes[i]), layers.Length);
            // Pooling and the like belong to what they make smaller; flattening, at the end, to what looks at the flat row.
            int end = next;
            if (next < layers.Length)
                while (end > weighted + 1 && definition.Nodes[end - 1].Value.Descriptor.Name is "flatten" or "reshape") end--;
            IReadOnlyList<int> shape = start == 0 ? inputShape : network.Layers[start].InputShapes[0].Axes;
            stages.Add(new GreedyStage(Made.Sequential(layers[start..end]), shape, Made.Sequential(layers[..end]), [.. definition.Nodes.Skip(start).Take(end - start).Select(n => n.Node.Name)]));
            start = end;
        }

        if (stages.Count == 0)
        {
            errors.Add("/model", "conflict", "There is no layer with weights to learn.");
            return null;
        }

        // The whole stack, as the client wrote it, is what the last stage completes.
        stages[^1] = stages[^1] with { Stack = model };
        return stages;
    }
}
