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

    /// <param name="name">Ours, or Keras's in any case: mobilenet_v2, MobileNetV2, mobilenetv2.</param>
    public static Architecture? Find(string name)
        => All.FirstOrDefault(a => a.Name == name || a.KerasName.Equals(name, StringComparison.OrdinalIgnoreCase));
}
