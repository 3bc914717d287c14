using TrainService.Tensors.Kernels.Normalization;

namespace TrainService.Tensors.Kernels.Convolution.Winograd;

/// <summary>Images of a batch whose pixels are whole vectors: rows without gaps.</summary>
/// <param name="data">First float of the first image.</param>
/// <param name="pixel">Floats from a pixel to the next.</param>
/// <param name="sample">Floats from an image to the next.</param>
/// <param name="map">What is done to each number as it is read.</param>
public readonly unsafe struct TileImages(float* data, int pixel, long sample, ChannelMap map = default)
{
    public ChannelMap Map => map;

    public int Pixel => pixel;

    public float* Of(int n) => data + n * sample;
}
