using TrainService.Jobs.Ports;

namespace TrainService.Storage.Tests.Support;

/// <summary>Contents of files: made, written, read, damaged.</summary>
internal static class Bytes
{
    public static byte[] Random(int count, int seed = 1)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Writes them in uneven pieces, as formats do.</summary>
    public static Func<Stream, CancellationToken, Task> WriterOf(this byte[] bytes) => async (stream, ct) =>
    {
        for (int at = 0, size = 7; at < bytes.Length; at += size, size = (size * 3 % 100_003) + 1)
        {
            int count = Math.Min(size, bytes.Length - at);
            if (size % 2 == 0)
                stream.Write(bytes, at, count);
            else
                await stream.WriteAsync(bytes.AsMemory(at, count), ct);
        }
    };

    public static async Task<byte[]> ReadAsync(this ICheckpointStore store, CheckpointRecord checkpoint)
    {
        await using Stream stream = await store.OpenAsync(checkpoint, default);
        return await stream.AllAsync();
    }

    public static async Task<byte[]?> ReadResumePointAsync(this ICheckpointStore store, string jobId)
    {
        await using Stream? stream = await store.OpenResumePointAsync(jobId, default);
        return stream is null ? null : await stream.AllAsync();
    }

    public static void Damage(string path, string how)
    {
        if (how == "gone")
        {
            File.Delete(path);
            return;
        }
        using FileStream file = new(path, FileMode.Open);
        switch (how)
        {
            case "flipped bit":
                file.Position = file.Length / 2;
                int b = file.ReadByte();
                file.Position--;
                file.WriteByte((byte)(b ^ 8));
                break;
            case "cut off":
                file.SetLength(file.Length - 1);
                break;
            case "cut to nothing":
                file.SetLength(0);
                break;
            case "grown":
                file.SetLength(file.Length + 1);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(how), how, "No such damage.");
        }
    }

    private static async Task<byte[]> AllAsync(this Stream stream)
    {
        using MemoryStream memory = new();
        await stream.CopyToAsync(memory);
        memory.Length.ShouldBe(stream.Length);
        return memory.ToArray();
    }
}
