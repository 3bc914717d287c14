namespace TrainService.Formats.Hdf5;

/// <summary>A dataset cut into boxes of one size, each packed for itself, found through an index.</summary>
internal sealed class ChunkedLayout : DataLayout
{
    private const int SingleChunk = 1, Implicit = 2;
    private const int MostChunks = 1_000_000;

    private readonly long[] _shape, _chunk;
    private readonly int _elementSize;
    private readonly FilterPipeline _filters;
    private readonly Func<Hdf5Source, string, List<StoredChunk>> _index;

    private ChunkedLayout(IReadOnlyList<long> shape, long[] chunk, int elementSize, FilterPipeline filters, Func<Hdf5Source, string, List<StoredChunk>> index)
        => (_shape, _chunk, _elementSize, _filters, _index) = ([.. shape], chunk, elementSize, filters, index);

    /// <summary>Version 3: the index is a B-tree.</summary>
    public static ChunkedLayout ReadTree(Hdf5Cursor message, IReadOnlyList<long> shape, int elementSize, FilterPipeline filters)
    {
        int rank = message.U8() - 1;
        long tree = message.Offset();
        long[] chunk = Box(message, rank, 4, shape, elementSize);
        return new ChunkedLayout(shape, chunk, elementSize, filters, (source, path) => ChunkTree.Read(source, tree, rank, path));
    }

    /// <summary>Version 4: one of several indexes; the two that need no structure of their own are read.</summary>
    public static ChunkedLayout ReadIndexed(Hdf5Cursor message, IReadOnlyList<long> shape, int elementSize, FilterPipeline filters)
    {
        int flags = message.U8(), rank = message.U8() - 1, width = message.U8();
        if (width is < 1 or > 8) throw message.Problem($"sizes of {width} bytes are not known");
        long[] chunk = Box(message, rank, width, shape, elementSize);
        int kind = message.U8();
        long? size = null;
        uint mask = 0;
        if (kind == SingleChunk && (flags & 2) != 0) (size, mask) = (message.Length(), message.U32());
        long bytes = Product(chunk, elementSize), at = message.Address;
        if (kind is not (SingleChunk or Implicit))
            throw message.Problem($"the chunk index {kind} of newer files is not read; save the file without compression, or with h5py's default libver");
        long address = message.Offset();
        return new ChunkedLayout(shape, chunk, elementSize, filters, (source, path) => kind == SingleChunk
            ? [new StoredChunk(new long[rank], address, size ?? bytes, mask)]
            : InOrder(source, shape, chunk, address, bytes, at, path));
    }

    public override byte[] Read(Hdf5Source source, int bytes, string path)
    {
        if (bytes == 0) return [];
        int chunkBytes = (int)Product(_chunk, _elementSize);
        List<StoredChunk> stored = _index(source, path);
        long wanted = Grid(_shape, _chunk).Aggregate(1L, (a, b) => a * b);
        if (stored.Count != wanted) throw source.Problem($"{wanted:N0} chunks are needed, {stored.Count:N0} are there", null, path);
        // All chunks unpacked, not only what of them is within the shape: that is what it costs.
        long most = stored.Sum(c => Math.Min(_filters.Most(c.Length), chunkBytes));
        if (most < bytes) throw source.Problem($"{stored.Sum(c => c.Length):N0} packed bytes can't hold {bytes:N0}", stored[0].Address, path);
        source.CountUnpacked(Math.Max(bytes, wanted * chunkBytes), stored[0].Address);
        byte[] data = new byte[bytes];
        var seen = new HashSet<long>();
        foreach (StoredChunk chunk in stored)
        {
            if (!seen.Add(Place(source, chunk, path))) throw source.Problem("a chunk is there twice", chunk.Address, path);
            source.Check(chunk.Address, chunk.Length, "a chunk");
            if (chunk.Length > Array.MaxLength) throw source.Problem("a chunk is too long", chunk.Address, path);
            byte[] packed = new byte[chunk.Length];
            source.ReadData(chunk.Address, packed, "a chunk");
            Lay(_filters.Undo(packed, chunk.Mask, chunkBytes, problem => source.Problem(problem, chunk.Address, path)), chunk.Begin, data);
        }
        return data;
    }

    private static long[] Box(Hdf5Cursor message, int rank, int width, IReadOnlyList<long> shape, int elementSize)
    {
        if (rank != shape.Count) throw message.Problem($"chunks of {rank} axes don't fit a shape of {shape.Count}");
        if (rank == 0) throw message.Problem("a single number can't be cut into chunks");
        long[] chunk = new long[rank];
        for (int i = 0; i < rank; i++) chunk[i] = message.Number(width);
        if (message.Number(width) != elementSize) throw message.Problem("the size of an element is another one than its type's");
        if (chunk.Any(n => n < 1) || ArrayShape.Count(chunk) is not { } count || count > Array.MaxLength / elementSize)
            throw message.Problem("the size of a chunk is none that could be held");
        return chunk;
    }

    private static long Product(long[] chunk, int elementSize) => chunk.Aggregate((long)elementSize, (a, b) => a * b);

    private static IEnumerable<long> Grid(IReadOnlyList<long> shape, long[] chunk) => shape.Select((n, i) => ((n - 1) / chunk[i]) + 1);

    private static List<StoredChunk> InOrder(Hdf5Source source, IReadOnlyList<long> shape, long[] chunk, long address, long bytes, long at, string path)
    {
        long[] grid = [.. Grid(shape, chunk)];
        if (ArrayShape.Count(grid) is not { } count || count > MostChunks) throw source.Problem($"there are more than {MostChunks:N0} chunks", at, path);
        var chunks = new List<StoredChunk>((int)count);
        for (long i = 0; i < count; i++)
        {
            long[] begin = new long[grid.Length];
            long left = i;
            for (int axis = grid.Length - 1; axis >= 0; axis--)
            {
                begin[axis] = left % grid[axis] * chunk[axis];
                left /= grid[axis];
            }
            chunks.Add(new StoredChunk(begin, address + (i * bytes), bytes, 0));
        }
        return chunks;
    }

    /// <summary>The chunk's number in C order.</summary>
    private long Place(Hdf5Source source, StoredChunk chunk, string path)
    {
        long place = 0;
        for (int i = 0; i < _shape.Length; i++)
        {
            if (chunk.Begin[i] < 0 || chunk.Begin[i] >= _shape[i] || chunk.Begin[i] % _chunk[i] != 0)
                throw source.Problem("a chunk lies where none belongs", chunk.Address, path);
            place = (place * (((_shape[i] - 1) / _chunk[i]) + 1)) + (chunk.Begin[i] / _chunk[i]);
        }
        return place;
    }

    // Row by row along the last axis, as far as the chunk is within the shape.
    private void Lay(byte[] box, long[] begin, byte[] data)
    {
        int rank = _shape.Length;
        long[] index = new long[rank];
        long[] extent = [.. _shape.Select((n, i) => Math.Min(_chunk[i], n - begin[i]))];
        int row = (int)(extent[^1] * _elementSize);
        while (true)
        {
            long from = 0, to = 0;
            for (int i = 0; i < rank; i++) (from, to) = ((from * _chunk[i]) + index[i], (to * _shape[i]) + begin[i] + index[i]);
            box.AsSpan((int)(from * _elementSize), row).CopyTo(data.AsSpan((int)(to * _elementSize)));
            int axis = rank - 2;
            for (; axis >= 0; axis--)
            {
                if (++index[axis] < extent[axis]) break;
                index[axis] = 0;
            }
            if (axis < 0) return;
        }
    }
}

/// <summary>A chunk as it lies in the file.</summary>
/// <param name="Begin">Its first element's place in the dataset.</param>
/// <param name="Mask">Bits of the filters that were passed over.</param>
internal sealed record StoredChunk(long[] Begin, long Address, long Length, uint Mask);
