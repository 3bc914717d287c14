namespace TrainService.NeuralNet.Plan;

/// <summary>One piece of a step's work.</summary>
/// <param name="Domain">How the step was cut.</param>
/// <param name="Start">First row, panel or task.</param>
/// <param name="End">One past the last.</param>
/// <param name="Rank">Which thread of the team runs it: for scratch memory only, never for results.</param>
public readonly record struct Block(Domains Domain, int Start, int End, int Rank);
