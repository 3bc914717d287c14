namespace TrainService.Formats.Hdf5;

/// <summary>The B-tree that finds a dataset's chunks. Source: HDF5 File Format Specification 3.0, III.A.1.</summary>
internal static class ChunkTree
{
    public static List<StoredChunk> Read(Hdf5Source source, long address, int rank, string path)
    {
        var chunks = new List<StoredChunk>();
        if (address != Hdf5Source.Undefined) ReadNode(source, address, rank, 256, chunks, [], path);
        return chunks;
    }

    private static void ReadNode(Hdf5Source source, long address, int rank, int above, List<StoredChunk> chunks, HashSet<long> visited, string path)
    {
        if (!visited.Add(address)) throw source.Problem("the tree of chunks goes round in a circle", address, path);
        Hdf5Cursor node = source.Read(address, 24, "a node of a tree of chunks");
        node.Expect("TREE"u8);
        int type = node.U8(), level = node.U8(), count = node.U16();
        if (type != 1) throw node.Problem("it belongs to a group, not to a dataset");
        if (level >= above) throw node.Problem($"level {level} does not stand under level {above}");
        // A key: packed size, mask, a place for each axis and one for the bytes of an element.
        int key = 8 + (8 * (rank + 1));
        Hdf5Cursor children = source.Read(address + 24, count * (key + 8L), "a node of a tree of chunks");
        for (int i = 0; i < count; i++)
        {
            (long length, uint mask) = (children.U32(), children.U32());
            long[] begin = new long[rank];
            for (int axis = 0; axis < rank; axis++) begin[axis] = children.Length();
            children.Skip(8);
            long child = children.Offset();
            if (level == 0) chunks.Add(new StoredChunk(begin, child, length, mask));
            else ReadNode(source, child, rank, level, chunks, visited, path);
        }
    }
}
