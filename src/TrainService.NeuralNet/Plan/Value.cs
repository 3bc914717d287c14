using TrainService.Tensors;

namespace TrainService.NeuralNet.Plan;

/// <summary>What a layer hands on: a buffer seen as samples of a shape. Reshaping makes another value over the same buffer.</summary>
public sealed record Value(PlanBuffer Buffer, Shape Shape);
