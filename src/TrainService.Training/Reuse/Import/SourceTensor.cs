using TrainService.Formats;

namespace TrainService.Training.Reuse.Import;

/// <summary>A tensor of a file, and where it belongs.</summary>
/// <param name="From">What the file calls it.</param>
/// <param name="Target">"layer/role" in the network; null when nothing there is like it.</param>
/// <param name="Read">Its numbers, laid out as the network has them.</param>
/// <param name="Change">What was done to its layout; null when nothing.</param>
internal sealed record SourceTensor(string From, string? Target, Func<NamedArray> Read, string? Change = null);

/// <summary>A file's tensors as they fit a network.</summary>
/// <param name="Tensors">In the file's order.</param>
/// <param name="Skipped">What is left aside, and why.</param>
internal sealed record WeightSource(IReadOnlyList<SourceTensor> Tensors, IReadOnlyList<SkippedTensor> Skipped);
