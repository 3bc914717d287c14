using System.Buffers.Binary;
using System.Numerics;

namespace TrainService.Formats.Hdf5;

/// <summary>The check sum of newer structures: Jenkins's lookup3 over all bytes before it, start value 0. Source: Bob Jenkins 2006, lookup3.c (public domain).</summary>
public static class Checksum
{
    /// <summary>Throws unless the last four bytes are the check sum of those before them.</summary>
    internal static void Check(Hdf5Source source, ReadOnlySpan<byte> block, long address, string what)
    {
        if (block.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(block[^4..]) != Of(block[..^4]))
            throw source.Problem($"the check sum of {what} is wrong: the file is damaged", address);
    }

    /// <summary>The check sum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint a = 0xDEADBEEF + (uint)bytes.Length, b = a, c = a;
        while (bytes.Length > 12)
        {
            Add(ref a, ref b, ref c, bytes);
            a = (a - c) ^ BitOperations.RotateLeft(c, 4);
            c += b;
            b = (b - a) ^ BitOperations.RotateLeft(a, 6);
            a += c;
            c = (c - b) ^ BitOperations.RotateLeft(b, 8);
            b += a;
            a = (a - c) ^ BitOperations.RotateLeft(c, 16);
            c += b;
            b = (b - a) ^ BitOperations.RotateLeft(a, 19);
            a += c;
            c = (c - b) ^ BitOperations.RotateLeft(b, 4);
            b += a;
            bytes = bytes[12..];
        }
        if (bytes.IsEmpty) return c;
        // The last one to twelve bytes, zeros behind them.
        Span<byte> last = stackalloc byte[12];
        bytes.CopyTo(last);
        Add(ref a, ref b, ref c, last);
        c = (c ^ b) - BitOperations.RotateLeft(b, 14);
        a = (a ^ c) - BitOperations.RotateLeft(c, 11);
        b = (b ^ a) - BitOperations.RotateLeft(a, 25);
        c = (c ^ b) - BitOperations.RotateLeft(b, 16);
        a = (a ^ c) - BitOperations.RotateLeft(c, 4);
        b = (b ^ a) - BitOperations.RotateLeft(a, 14);
        return (c ^ b) - BitOperations.RotateLeft(b, 24);
    }

    private static void Add(ref uint a, ref uint b, ref uint c, ReadOnlySpan<byte> bytes)
    {
        a += BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        b += BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        c += BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
    }
}
