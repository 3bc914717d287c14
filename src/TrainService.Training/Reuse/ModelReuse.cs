using System.Text.Json.Nodes;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.NeuralNet.Graph;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Checkpoints;
using TrainService.Training.Compilation;
using TrainService.Training.Inference;
using TrainService.Training.Models;

namespace TrainService.Training.Reuse;

/// <summary>Makes a plain model of one that refers to a checkpoint: its layers, the new ones, and where the weights come from.</summary>
internal sealed class ModelReuse(ICheckpointStore checkpoints)
{
    /// <param name="parent">The job that goes before; null when none is named.</param>
    public async Task<Reused> ResolveAsync(ComponentValue? model, ParentSpec? parent, SpecErrors errors, CancellationToken ct)
    {
        if (model is null) return new Reused(null);
        bool taken = model.Descriptor.Name == CheckpointModel.Descriptor.Name;
        string? id = taken ? model.Arguments.Text(CheckpointModel.From) : WeightsFrom.Of(model)?.Checkpoint;
        if (id is null) return new Reused(model);
        string pointer = taken ? $"/model/{CheckpointModel.From}" : $"/model/{WeightsFrom.Name}/checkpoint";
        try
        {
            bool isParents = ParentCheckpoint.Is(id);
            (JsonObject Model, IReadOnlyList<int> InputShape)? from = isParents ? ParentModel.Of(parent, id, pointer, errors) : await OfCheckpointAsync(id, pointer, errors, ct).ConfigureAwait(false);
            if (from is not { } source) return new Reused(null);
            ComponentValue stored = LoadedNetwork.Read(source.Model, "model");
            var definition = (ModelDefinition)stored.Create();
            stored = stored.Arguments.Has(FunctionalModel.Layers) ? WithoutPlaces(stored) : LayerByLayer(definition, source.InputShape);
            Network network = NetworkBuilder.Build(definition, source.InputShape, new SpecErrors()) ?? throw new InvalidDataException("The checkpoint's model can't be built.");
            string? known = isParents ? null : id;
            if (!taken) return new Reused(model, known) { Source = network };
            return new LayerCut(stored, network, source.InputShape, model.Arguments, errors).Make() is { } made
                ? new Reused(made.Model, known) { Source = network, Taken = made.Taken }
                : new Reused(null);
        }
        catch (InvalidDataException e)
        {
            errors.Add(pointer, "damaged", e.Message, id);
            return new Reused(null);
        }
    }

    private async Task<(JsonObject, IReadOnlyList<int>)?> OfCheckpointAsync(string id, string pointer, SpecErrors errors, CancellationToken ct)
    {
        if (await checkpoints.FindAsync(id, ct).ConfigureAwait(false) is { } record)
        {
            CheckpointMetadata metadata = CheckpointMetadata.Parse(record.MetadataJson);
            return (metadata.Model, metadata.InputShape);
        }

        errors.Add(pointer, "not_found", "There is no such checkpoint.", SpecErrors.Show(System.Text.Json.JsonSerializer.SerializeToElement(id)));
        return null;
    }

    // Where they stood in the checkpoint's model means nothing to the client.
    private static ComponentValue WithoutPlaces(ComponentValue model)
        => model with { Arguments = model.Arguments.With(FunctionalModel.Layers, model.Arguments.ValueList(FunctionalModel.Layers).Select(l => l with { Place = null }).ToArray()) };

    // A network asked for by name is cut and continued like any other, so its layers are written out.
    private static ComponentValue LayerByLayer(ModelDefinition model, IReadOnlyList<int> inputShape)
    {
        string input = model.InputName ?? "input", before = input;
        ComponentValue marker = JobVocabulary.All.WithDefaults("layer", InputMarker.Descriptor.Name);
        var layers = new List<ComponentValue>
        {
            marker with { Arguments = marker.Arguments.With(LayerArguments.Name, input).With("shape", (model.InputShape ?? inputShape).Select(n => (long)n).ToArray()) },
        };
        foreach (LayerNode node in model.Nodes.Select(n => n.Node))
        {
            ComponentValue value = model.Nodes[layers.Count - 1].Value;
            layers.Add(value with
            {
                Arguments = value.Arguments.With(LayerArguments.Name, node.Name).With(LayerArguments.Trainable, node.Trainable)
                    .With(LayerArguments.Inputs, node.Inputs.Count > 0 ? node.Inputs : new[] { before }),
            });
            before = node.Name;
        }
        ComponentValue graph = JobVocabulary.All.WithDefaults("model", FunctionalModel.Descriptor.Name);
        return graph with { Arguments = graph.Arguments.With(FunctionalModel.Layers, layers.ToArray()).With(FunctionalModel.Outputs, new[] { before }) };
    }
}
