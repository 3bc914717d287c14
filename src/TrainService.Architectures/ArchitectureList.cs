using TrainService.Architectures.Networks;

namespace TrainService.Architectures;

/// <summary>Every architecture, a line each or a line a family.</summary>
public static class ArchitectureList
{
    public static IReadOnlyList<Architecture> All { get; } =
    [
        new MobileNetV2(),
        new MobileNet(),
        .. ResNet.All,
        .. ResNetV2.All,
        .. DenseNet.All,
        new InceptionV3(),
        new InceptionResNetV2(),
        new Xception(),
        .. NasNet.All,
        .. Vgg.All,
        new AlexNet(),
    ];

    /// <param name="name">Ours, or Keras's in any case: mobilenet_v2, MobileNetV2, mobilenetv2.</param>
    public static Architecture? Find(string name)
        => All.FirstOrDefault(a => a.Name == name || a.KerasName.Equals(name, StringComparison.OrdinalIgnoreCase));
}
