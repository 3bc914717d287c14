using System.Buffers;
using System.Security.Cryptography;

namespace TrainService.Storage.Files;

internal static class FileHash
{
    private const int BufferSize = 1 << 20;

    /// <summary>SHA-256 of the first <paramref name="length"/> bytes. Leaves the file at its beginning.</summary>
    /// <exception cref="EndOfStreamException">The file is shorter.</exception>
    public static async Task<byte[]> ComputeAsync(FileStream file, long length, CancellationToken ct)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            file.Position = 0;
            for (long left = length; left > 0;)
            {
                int read = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), ct).ConfigureAwait(false);
                if (read == 0)
                    throw new EndOfStreamException($"'{file.Name}' ends {left} bytes early.");
                hash.AppendData(buffer, 0, read);
                left -= read;
            }
            file.Position = 0;
            return hash.GetHashAndReset();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
