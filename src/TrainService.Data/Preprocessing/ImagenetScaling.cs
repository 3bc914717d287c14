using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.Data.Preprocessing;

/// <summary>
/// What the networks of <c>keras.applications</c> take, from pictures whose numbers are in [0, 1] (bytes / 255):
/// tf: 2x - 1; torch: (x - mean) / deviation of each channel over ImageNet; caffe: 255x - mean, the channels as blue, green, red.
/// </summary>
public sealed class ImagenetScaling(string mode) : Preprocessor
{
    private static readonly float[] TorchMean = [0.485f, 0.456f, 0.406f], TorchDeviation = [0.229f, 0.224f, 0.225f];

    /// <summary>Blue, green, red.</summary>
    private static readonly float[] CaffeMean = [103.939f, 116.779f, 123.68f];

    public static ComponentDescriptor Descriptor { get; } = new ComponentDescriptor<Preprocessor>("imagenet", a => new ImagenetScaling(a.Text("mode")))
    {
        Summary = "Pictures as the networks of the zoo were trained on: tf brings them to [-1, 1], torch standardizes each channel, caffe takes the mean of blue, green and red off.",
        Advice = "tf for Xception, Inception, Inception-ResNet, MobileNet, MobileNetV2, NASNet and the second ResNets; caffe for VGG and the first ResNets; torch for DenseNet.",
        Source = "Keras, applications.imagenet_utils.preprocess_input",
        Arguments = [Arg.Choice("mode", "Whose convention.", "tf", "tf", "torch", "caffe")],
    };

    public override string Name => "imagenet";

    public override bool LearnsFromRows => false;

    public override string? Problem(IReadOnlyList<int> shape)
        => mode == "tf" || shape is [_, _, 3] ? null : $"{mode} needs pictures of three channels, not inputs of shape [{string.Join(", ", shape)}].";

    public override FittedStep Fit(RowSource training, IReadOnlyList<int> shape, ReadOnlySpan<bool> numeric) => mode switch
    {
        "torch" => new(Name, TorchMean, [.. TorchDeviation.Select(d => 1 / d)], [0]) { Channels = 3 },
        // (x - mean / 255) · 255.
        "caffe" => new(Name, [.. CaffeMean.Select(m => m / 255)], [255], [0]) { Channels = 3, ReverseChannels = true },
        _ => new(Name, [0], [2], [-1]),
    };
}
