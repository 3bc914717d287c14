namespace TrainService.Data.Pictures;

/// <summary>How a new pixel is made of old ones.</summary>
public enum ResizeMode
{
    /// <summary>Of the four around it, by distance.</summary>
    Bilinear,

    /// <summary>The nearest one.</summary>
    Nearest,
}
