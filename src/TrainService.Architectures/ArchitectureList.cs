using TrainService.Architectures.Networks;

namespace TrainService.Architectures;

/// <summary>Every architecture, one line each.</summary>
public static class ArchitectureList
{
    public static IReadOnlyList<Architecture> All { get; } =
    [
        new ResNet50(),
        new MobileNetV2(),
    ];

    public static Architecture? Find(string name) => All.FirstOrDefault(a => a.Name == name || a.KerasName == name);
}
