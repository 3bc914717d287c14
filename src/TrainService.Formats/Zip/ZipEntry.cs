namespace TrainService.Formats.Zip;

/// <summary>A file within an archive, as its directory describes it.</summary>
/// <param name="HeaderOffset">Where its local header starts.</param>
/// <param name="IsLink">A symbolic link, as Unix archivers store it: its content is where it leads.</param>
public sealed record ZipEntry(string Name, long CompressedLength, long Length, uint Crc32, bool Deflated, long HeaderOffset, bool IsLink = false);
