using TrainService.Data.Pictures;

namespace TrainService.Data.Preprocessing;

/// <summary>How pictures are brought to one size.</summary>
public sealed record PictureFit(ResizeMode Interpolation = ResizeMode.Bilinear, bool CropToAspectRatio = false);
