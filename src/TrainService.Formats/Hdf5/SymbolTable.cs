using System.Text;

namespace TrainService.Formats.Hdf5;

/// <summary>
/// The members of a group as older versions keep them, which is how h5py writes: a B-tree of blocks of entries, their names in a heap.
/// Source: HDF5 File Format Specification 3.0, III.A to III.D.
/// </summary>
internal sealed class SymbolTable
{
    private readonly Hdf5Source _source;
    private readonly HashSet<long> _visited = [];
    private readonly List<Hdf5Link> _links = [];
    private readonly ReadOnlyMemory<byte> _names;
    private readonly long _namesAddress;

    private SymbolTable(Hdf5Source source, long heap)
    {
        _source = source;
        Hdf5Cursor head = source.Read(heap, 32, "a local heap");
        head.Expect("HEAP"u8);
        head.Skip(4);
        long size = head.Length();
        head.Skip(8);
        _namesAddress = head.Offset();
        _names = source.Read(_namesAddress, size, "a local heap's names").Rest;
    }

    public static List<Hdf5Link> Read(Hdf5Source source, Hdf5Cursor message)
    {
        long tree = message.Offset();
        var table = new SymbolTable(source, message.Offset());
        // 2⁸ levels would hold more than any file.
        table.ReadTree(tree, 256);
        return table._links;
    }

    private void ReadTree(long address, int above)
    {
        if (!_visited.Add(address)) throw _source.Problem("a group's tree goes round in a circle", address);
        Hdf5Cursor node = _source.Read(address, 24, "a node of a group's tree");
        node.Expect("TREE"u8);
        int type = node.U8(), level = node.U8(), count = node.U16();
        if (type != 0) throw node.Problem("it belongs to a dataset, not to a group");
        // Levels fall by one towards the leaves, so depth is bounded.
        if (level >= above) throw node.Problem($"level {level} does not stand under level {above}");
        Hdf5Cursor children = _source.Read(address + 24, count * 16L, "a node of a group's tree");
        for (int i = 0; i < count; i++)
        {
            children.Skip(8);
            long child = children.Offset();
            if (level == 0) ReadEntries(child);
            else ReadTree(child, level);
        }
    }

    private void ReadEntries(long address)
    {
        if (!_visited.Add(address)) throw _source.Problem("a group's entries are used twice", address);
        Hdf5Cursor head = _source.Read(address, 8, "a group's entries");
        head.Expect("SNOD"u8);
        head.Skip(2);
        int count = head.U16();
        Hdf5Cursor entries = _source.Read(address + 8, count * 40L, "a group's entries");
        for (int i = 0; i < count; i++)
        {
            long at = entries.Address, name = entries.Length(), header = entries.Offset();
            uint cache = entries.U32();
            entries.Skip(20);
            if (_links.Count >= _source.Limits.MaxArrays) throw _source.Problem($"a group has more than {_source.Limits.MaxArrays:N0} members", at);
            if (cache == 2) throw _source.Problem($"'{ArrayFormatException.Printable(Name(name, at))}' is a link by name, which is not followed", at);
            _links.Add(new Hdf5Link(Name(name, at), header));
        }
    }

    private string Name(long offset, long at)
    {
        if (offset >= _names.Length) throw _source.Problem("a member's name lies outside its heap", at);
        ReadOnlySpan<byte> rest = _names.Span[(int)offset..];
        int end = rest.IndexOf((byte)0);
        return end < 0 ? throw _source.Problem("a member's name has no end", _namesAddress + offset) : Encoding.UTF8.GetString(rest[..end]);
    }
}
