namespace TrainService.Data.Augmentation;

/// <summary>What stands beyond a picture's edges. With pixels abcd: as <c>scipy.ndimage</c> has it, which Keras calls.</summary>
public enum FillMode
{
    /// <summary>aaaa|abcd|dddd.</summary>
    Nearest,

    /// <summary>kkkk|abcd|kkkk, with k = cval; a point beyond the outer pixels' centres is k, not a blend with it.</summary>
    Constant,

    /// <summary>dcba|abcd|dcba.</summary>
    Reflect,

    /// <summary>Repeated with period n - 1: the last pixel of one copy lies on the first of the next.</summary>
    Wrap,
}
