using System.Text.Json.Nodes;

namespace TrainService.Formats.Keras;

/// <summary>A model to be written for Keras: its description, and the weights of its layers.</summary>
/// <param name="Description">As Keras serializes a model: class_name, config and what stands beside them.</param>
/// <param name="Layers">In the order of Keras's <c>model.layers</c>, by which Keras counts them.</param>
public sealed record KerasModel(JsonObject Description, IReadOnlyList<KerasLayer> Layers);

/// <summary>A layer with its tensors, in Keras's order; each is named by its role.</summary>
/// <param name="ClassName">Keras's class.</param>
/// <param name="Name">The layer's own.</param>
public sealed record KerasLayer(string ClassName, string Name, IReadOnlyList<NamedArray> Tensors);
