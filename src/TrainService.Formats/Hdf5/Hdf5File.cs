namespace TrainService.Formats.Hdf5;

/// <summary>
/// Reads HDF5 files from strangers, as far as h5py writes them for Keras. The whole structure is walked and checked at once; the numbers of a dataset
/// are read when asked for. A valid tree, or an <see cref="ArrayFormatException"/> that names the place: no cycle, no depth, no count costs more than
/// the file's own length suggests. Source: HDF5 File Format Specification 3.0.
/// </summary>
public sealed class Hdf5File
{
    /// <summary>Groups within groups within groups: deeper than any model nests.</summary>
    public const int MostLevels = 64;

    private readonly Hdf5Source _source;
    private readonly GlobalHeap _heap;
    private readonly HashSet<long> _groups = [];
    private int _objects;

    private Hdf5File(Hdf5Source source) => (_source, _heap) = (source, new GlobalHeap(source));

    /// <returns>The root group.</returns>
    /// <param name="stream">Seekable; the file runs from its position to its end. Stays the caller's, and must stay open while datasets are read.</param>
    /// <param name="limits">What reading it may cost.</param>
    /// <param name="file">What its sender calls it.</param>
    public static Hdf5Group Open(Stream stream, FormatLimits? limits = null, string file = "model.h5")
    {
        var source = new Hdf5Source(stream, limits ?? FormatLimits.Default, file);
        return new Hdf5File(source).ReadObject(Superblock.ReadRoot(source), "", 0) as Hdf5Group
            ?? throw source.Problem("the root is no group", 0);
    }

    /// <summary>True when the file begins as HDF5 does.</summary>
    public static bool IsHdf5(ReadOnlySpan<byte> begin) => begin.StartsWith(Superblock.Signature);

    /// <returns>Null for an object that is neither, such as a named type.</returns>
    private Hdf5Node? ReadObject(long address, string path, int level)
    {
        if (++_objects > _source.Limits.MaxArrays) throw _source.Problem($"there are more than {_source.Limits.MaxArrays:N0} objects", address, path);
        if (level > MostLevels) throw _source.Problem($"groups lie more than {MostLevels} deep in each other", address, path);
        ObjectHeader header = ObjectHeader.Read(_source, address);
        var attributes = new Hdf5Attributes(_source, _heap, path, header.Messages.Where(m => m.Type == MessageType.Attribute));
        if (header.Find(MessageType.AttributeInfo) is { } info) DenseStorage.RefuseAttributes(info.Open(_source, "an attribute list"));
        if (header.Find(MessageType.Layout) is not null) return new Hdf5Dataset(_source, header, path, attributes, address);
        if (Links(header) is not { } links) return null;
        if (!_groups.Add(address)) throw _source.Problem("the group is reached twice: groups go round in a circle, or are shared", address, path);
        var members = new List<Hdf5Node>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (Hdf5Link link in links)
        {
            if (link.Name.Length is 0 or > 1024 || link.Name.Contains('/', StringComparison.Ordinal))
                throw _source.Problem("a member's name is empty, too long or holds '/'", address, path);
            if (!names.Add(link.Name)) throw _source.Problem($"two members are named '{ArrayFormatException.Printable(link.Name)}'", address, path);
            if (ReadObject(link.Address, path.Length == 0 ? link.Name : $"{path}/{link.Name}", level + 1) is { } member) members.Add(member);
        }
        return new Hdf5Group(path, attributes, members);
    }

    /// <returns>Null when the object is no group.</returns>
    private List<Hdf5Link>? Links(ObjectHeader header)
    {
        if (header.Find(MessageType.SymbolTable) is { } table) return SymbolTable.Read(_source, table.Open(_source, "a symbol table"));
        HeaderMessage? info = header.Find(MessageType.LinkInfo);
        HeaderMessage[] links = [.. header.Messages.Where(m => m.Type == MessageType.Link)];
        if (info is null && links.Length == 0) return null;
        List<Hdf5Link> found = [.. links.Select(l => Hdf5Link.Read(l.Open(_source, "a link")))];
        if (info is { } dense) found.AddRange(DenseStorage.ReadLinks(_source, dense.Open(_source, "a link list")));
        return found;
    }
}
