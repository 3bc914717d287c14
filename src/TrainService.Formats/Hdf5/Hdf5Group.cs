namespace TrainService.Formats.Hdf5;

/// <summary>A group or a dataset.</summary>
public abstract class Hdf5Node
{
    internal Hdf5Node(string path, Hdf5Attributes attributes) => (Path, Attributes) = (path, attributes);

    /// <summary>Names from the root, joined by '/'; empty for the root itself.</summary>
    public string Path { get; }

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public Hdf5Attributes Attributes { get; }
}

/// <summary>A group: named groups and datasets.</summary>
public sealed class Hdf5Group : Hdf5Node
{
    private readonly Dictionary<string, Hdf5Node> _byName;

    internal Hdf5Group(string path, Hdf5Attributes attributes, IReadOnlyList<Hdf5Node> members)
        : base(path, attributes)
    {
        Members = members;
        _byName = members.ToDictionary(m => m.Name, StringComparer.Ordinal);
    }

    /// <summary>In the file's order, which is by name as h5py writes it.</summary>
    public IReadOnlyList<Hdf5Node> Members { get; }

    /// <summary>A member, or one of a group within, by names joined with '/'; null when there is none.</summary>
    public Hdf5Node? Find(string path)
    {
        Hdf5Node? at = this;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            if (at is not Hdf5Group group || !group._byName.TryGetValue(name, out at))
                return null;
        return at;
    }

    public Hdf5Group? Group(string path) => Find(path) as Hdf5Group;

    public Hdf5Dataset? Dataset(string path) => Find(path) as Hdf5Dataset;

    /// <summary>Every dataset within, however deep, in the file's order.</summary>
    public IEnumerable<Hdf5Dataset> AllDatasets()
    {
        foreach (Hdf5Node member in Members)
            if (member is Hdf5Dataset dataset) yield return dataset;
            else if (member is Hdf5Group group)
                foreach (Hdf5Dataset inner in group.AllDatasets()) yield return inner;
    }
}
