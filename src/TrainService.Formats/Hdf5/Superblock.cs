namespace TrainService.Formats.Hdf5;

/// <summary>The beginning of an HDF5 file: its version, and where its root group is. Source: HDF5 File Format Specification 3.0, II.A.</summary>
internal static class Superblock
{
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    /// <returns>Address of the root group's object header.</returns>
    public static long ReadRoot(Hdf5Source source)
    {
        if (source.Length < Signature.Length) throw source.Problem("this is no HDF5 file: it is too short", 0);
        Hdf5Cursor block = source.Read(0, Math.Min(source.Length, 128), "the superblock");
        if (!block.Take(Signature.Length).SequenceEqual(Signature)) throw source.Problem("this is no HDF5 file: it does not begin as one", 0);
        int version = block.U8();
        return version switch
        {
            0 or 1 => ReadOld(block, version),
            2 or 3 => ReadNew(block),
            _ => throw block.Problem($"version {version} is not read; only 0 to 3 are"),
        };
    }

    private static long ReadOld(Hdf5Cursor block, int version)
    {
        block.Skip(4);
        CheckSizes(block);
        // Reserved, the two sizes of group nodes, flags; version 1 adds a size for chunks.
        block.Skip(1 + 2 + 2 + 4 + (version == 1 ? 4 : 0));
        CheckBase(block);
        block.Skip(3 * 8);
        // The root's symbol table entry: the name's place, then the header's.
        block.Skip(8);
        return block.Offset();
    }

    private static long ReadNew(Hdf5Cursor block)
    {
        CheckSizes(block);
        block.Skip(1);
        CheckBase(block);
        block.Skip(2 * 8);
        return block.Offset();
    }

    private static void CheckSizes(Hdf5Cursor block)
    {
        int offsets = block.U8(), lengths = block.U8();
        if (offsets != 8 || lengths != 8) throw block.Problem($"offsets of {offsets} and lengths of {lengths} bytes are not read; only 8 and 8 are");
    }

    private static void CheckBase(Hdf5Cursor block)
    {
        if (block.Offset() != 0) throw block.Problem("a file within a file is not read: the base address must be 0");
    }
}
