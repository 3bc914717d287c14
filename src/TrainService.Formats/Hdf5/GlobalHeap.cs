namespace TrainService.Formats.Hdf5;

/// <summary>Where texts of any length lie: collections of numbered objects, each read once. Source: HDF5 File Format Specification 3.0, III.E.</summary>
internal sealed class GlobalHeap(Hdf5Source source)
{
    private readonly Dictionary<long, Dictionary<int, (long Address, long Length)>> _collections = [];
    private long _given;

    /// <summary>The bytes that a reference of 16 bytes stands for: length, address of the collection, number within it.</summary>
    public ReadOnlyMemory<byte> Resolve(Hdf5Cursor reference)
    {
        long length = reference.U32(), collection = reference.Offset(), at = reference.Address;
        int index = (int)Math.Min(reference.U32(), int.MaxValue);
        if (length == 0) return default;
        if (!_collections.TryGetValue(collection, out Dictionary<int, (long Address, long Length)>? objects)) _collections.Add(collection, objects = Index(collection));
        if (!objects.TryGetValue(index, out (long Address, long Length) found)) throw source.Problem($"object {index} is not in the global heap at {collection}", at);
        if (length > found.Length) throw source.Problem($"a text of {length:N0} bytes is said to be in {found.Length:N0}", at);
        // Any number of references may point at one long text.
        _given += length;
        if (_given > source.Limits.MaxHeaderBytes) throw source.Problem($"the texts take more than the limit of {source.Limits.MaxHeaderBytes:N0} bytes together", at);
        return source.Read(found.Address, length, "a text").Rest;
    }

    private Dictionary<int, (long Address, long Length)> Index(long address)
    {
        Hdf5Cursor head = source.Read(address, 16, "a global heap");
        head.Expect("GCOL"u8);
        int version = head.U8();
        if (version != 1) throw head.Problem($"version {version} is not known");
        head.Skip(3);
        long size = head.Length();
        source.Check(address, size, "a global heap");
        var objects = new Dictionary<int, (long Address, long Length)>();
        // Only the heads of the objects are read here: a heap may be long, and one text of it is wanted.
        for (long at = 16; at + 16 <= size;)
        {
            Hdf5Cursor item = source.Read(address + at, 16, "an object of a global heap");
            int index = item.U16();
            item.Skip(6);
            long length = item.Length();
            if (index == 0) break;
            if (length > size - at - 16) throw item.Problem("it is longer than its heap");
            if (!objects.TryAdd(index, (address + at + 16, length))) throw item.Problem($"there are two objects {index}");
            at += 16 + ((length + 7) & ~7L);
        }
        return objects;
    }
}
