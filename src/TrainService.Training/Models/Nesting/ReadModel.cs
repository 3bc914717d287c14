using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Models.Nesting;

/// <summary>A model that was read: opened, or a plain stack that there was nothing to open in.</summary>
/// <param name="Stack">The plain stack; null when it is opened.</param>
internal sealed record ReadModel(FlatModel? Opened, ComponentValue? Stack, string? Name)
{
    /// <summary>As a list of layers, to stand in another model.</summary>
    public FlatModel Flat => Opened ?? FlatModel.Of(Stack!)!;

    /// <summary>As a model of its own.</summary>
    /// <returns>Null when its input's shape is not said: an error then.</returns>
    public ComponentValue? ToModel(SpecReader reader, string pointer)
    {
        if (Stack is not null) return Stack;
        FlatInput[] inputs = [.. Opened!.Inputs.Select(i => i.Shape is { } shape ? new FlatInput(i.Name, FlatModel.Marker(reader.Vocabulary, i.Name, shape)) : i)];
        bool shaped = inputs.All(i => i.Marker is { } marker && (marker.Arguments.Has("shape") || marker.Arguments.Has("batch_shape")));
        if (!shaped && AsStack(reader.Vocabulary) is { } stack) return stack;
        if (shaped) return Made(reader, (Opened with { Inputs = inputs }).ToModel(reader.Vocabulary, Name), pointer);
        reader.Errors.Add(pointer, "required", "The shape of its input is not said: begin with an input layer, or give the first layer an input_shape.");
        return null;
    }

    /// <summary>One layer after the other, when that is all it is: such a model takes the dataset's shape.</summary>
    private ComponentValue? AsStack(Vocabulary vocabulary)
    {
        if (Opened!.Inputs.Count != 1) return null;
        string before = Opened.Inputs[0].Name;
        List<ComponentValue> layers = [];
        foreach (ComponentValue layer in Opened.Layers)
        {
            if (layer.Descriptor.Name == SharedMarker.Descriptor.Name || layer.Arguments.Texts(LayerArguments.Inputs) is not [var input] || input != before) return null;
            before = layer.Arguments.Text(LayerArguments.Name);
            layers.Add(layer with { Arguments = layer.Arguments.With(LayerArguments.Inputs, null) });
        }

        if (layers.Count == 0 || Opened.Outputs is not [var output] || output != before) return null;
        ComponentValue stack = vocabulary.WithDefaults("model", SequentialModel.Descriptor.Name);
        return stack with { Arguments = stack.Arguments.With("name", Name).With(SequentialModel.Layers, layers.ToArray()) };
    }

    internal static ComponentValue? Made(SpecReader reader, ComponentValue model, string pointer)
    {
        try
        {
            model.Create();
            return model;
        }
        catch (ArgumentException e)
        {
            reader.Errors.Add(pointer, "conflict", ArgumentConflictException.Plain(e));
            return null;
        }
    }
}
