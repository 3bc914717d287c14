namespace TrainService.Tensors.Kernels.Convolution;

/// <summary>How images of a batch lie in memory: rows of pixels without gaps, pixels and samples at even distances.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Channels">Channels in use: those of one group.</param>
/// <param name="Grouped">There are other groups besides.</param>
/// <param name="PixelStride">Floats from a pixel to the next.</param>
/// <param name="SampleStride">Floats from an image to the next.</param>
public readonly record struct ImageLayout(int Height, int Width, int Channels, bool Grouped, int PixelStride, long SampleStride)
{
    /// <summary>The first pixel of an image is as far from the last one of the image before as any two neighbours.</summary>
    public bool IsEven => SampleStride == (long)Height * Width * PixelStride;

    /// <summary>Whole panels of channels may be read and written without touching those of another pixel or group.</summary>
    public bool HasWholePanels => Channels % Panels.Width == 0 || (!Grouped && PixelStride == Panels.Padded(Channels));
}
