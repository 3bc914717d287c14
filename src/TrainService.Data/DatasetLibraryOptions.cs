using TrainService.Data.Fashion;

namespace TrainService.Data;

public sealed record DatasetLibraryOptions
{
    public DatasetLimits Limits { get; init; } = new();

    /// <summary>Where Fashion-MNIST is looked for. The library itself only looks in folders: it never installs or downloads on its own.</summary>
    public FashionMnistOptions FashionMnist { get; init; } = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
