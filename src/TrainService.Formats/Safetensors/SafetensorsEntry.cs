namespace TrainService.Formats.Safetensors;

/// <summary>A tensor as the header describes it.</summary>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">Byte after the last.</param>
public sealed record SafetensorsEntry(string Name, ArrayType Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    public long ByteCount => End - Begin;

    /// <summary>Elements: the product of the shape.</summary>
    public long Count => ByteCount / Type.Size();
}
