namespace TrainService.Training.Inference;

/// <summary>A picture to predict on, as it came.</summary>
/// <param name="Name">As the sender calls it.</param>
public sealed record PictureInput(string Name, ReadOnlyMemory<byte> File);
