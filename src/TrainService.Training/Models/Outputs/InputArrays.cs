using TrainService.Data.Descriptions;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Models.Outputs;

/// <summary>A dataset's arrays x_NAME put to the inputs of a model by name.</summary>
internal static class InputArrays
{
    private const string Pointer = "/dataset/name";

    /// <summary>The model, each of its inputs with the places of its numbers in a row of the dataset.</summary>
    public static ComponentValue Place(ComponentValue model, IReadOnlyList<NamedPart>? parts, SpecErrors errors)
    {
        if (parts is null) return model;
        string named = string.Join(", ", parts.Select(p => p.Name));
        if (model.Descriptor.Name != FunctionalModel.Descriptor.Name)
        {
            errors.Add(Pointer, "conflict", $"The dataset has an array for each of the inputs {named}; only a functional model has several inputs.");
            return model;
        }

        ComponentValue[] layers = [.. model.Arguments.ValueList(FunctionalModel.Layers)];
        var names = new LayerNames(layers.Select(l => l.Arguments.OptionalText(LayerArguments.Name)));
        List<string> found = [];
        for (int i = 0; i < layers.Length; i++)
        {
            string name = names.Of(layers[i]);
            if (layers[i].Descriptor.Name != InputMarker.Descriptor.Name) continue;
            found.Add(name);
            if (parts.FirstOrDefault(p => p.Name == name) is not { } part)
            {
                errors.Add(layers[i].Place ?? $"/model/layers/{i}", "not_found", $"The dataset has no array for the input '{name}'; it has them for {named}.", name, NearestName.Of(name, parts.Select(p => p.Name)));
                continue;
            }

            var marker = (InputMarker)layers[i].Create();
            if (!NetworkBuilder.SameButForOnes(marker.Shape, part.Shape))
                errors.Add(layers[i].Place ?? $"/model/layers/{i}", "conflict", $"The input '{name}' takes samples of shape {NetworkBuilder.Show(marker.Shape)}, the dataset gives {NetworkBuilder.Show(part.Shape)}.",
                    NetworkBuilder.Show(marker.Shape));
            long offset = parts.TakeWhile(p => p.Name != name).Sum(p => (long)p.Length);
            layers[i] = layers[i] with { Arguments = layers[i].Arguments.With(InputMarker.TakeKey, Enumerable.Range(0, part.Length).Select(k => offset + k).ToArray()) };
        }

        foreach (NamedPart part in parts)
            if (!found.Contains(part.Name))
                errors.Add(Pointer, "conflict", $"The dataset has an array for the input '{part.Name}', which the model hasn't; its inputs: {string.Join(", ", found)}.", part.Name, NearestName.Of(part.Name, found));
        return model with { Arguments = model.Arguments.With(FunctionalModel.Layers, layers) };
    }
}
