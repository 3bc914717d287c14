using System.Text;

namespace TrainService.Formats.Hdf5;

/// <summary>A group to be written: attributes that are texts, arrays, and groups within.</summary>
public sealed class Hdf5Content
{
    /// <summary>Longest list of texts that Keras puts into one attribute; longer ones become name0, name1 … An object header holds less than 64 KiB.</summary>
    private const int LongestList = 64_512;

    private readonly SortedDictionary<string, object> _members = new(ByBytes.Order);
    private readonly List<Hdf5TextAttribute> _attributes = [];

    /// <summary>In the order of their names' bytes, which is the order that the format demands.</summary>
    internal IEnumerable<KeyValuePair<string, object>> Members => _members;

    internal IReadOnlyList<Hdf5TextAttribute> Attributes => _attributes;

    /// <summary>The group within, by names joined with '/'; made when it isn't there.</summary>
    public Hdf5Content Group(string path)
    {
        Hdf5Content at = this;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!at._members.TryGetValue(Checked(name), out object? member)) at._members.Add(name, member = new Hdf5Content());
            at = member as Hdf5Content ?? throw new ArgumentException($"'{path}': '{name}' is an array, no group.", nameof(path));
        }
        return at;
    }

    /// <summary>An array, under names joined with '/'. Its memory is referred to until it is written.</summary>
    public void Add(string path, NamedArray values)
    {
        int cut = path.LastIndexOf('/');
        Hdf5Content group = cut < 0 ? this : Group(path[..cut]);
        if (!group._members.TryAdd(Checked(path[(cut + 1)..]), values)) throw new ArgumentException($"'{path}' is taken twice.", nameof(path));
    }

    /// <summary>A text of any length.</summary>
    public void Text(string name, string value) => _attributes.Add(new(Checked(name), [value], Fixed: false));

    /// <summary>A list of texts, none beyond 64,512 bytes; cut into several attributes when it is too long for one, as Keras does.</summary>
    public void Texts(string name, IReadOnlyList<string> values)
    {
        int width = Math.Max(1, values.Select(Encoding.UTF8.GetByteCount).DefaultIfEmpty().Max());
        if (width > LongestList) throw new ArgumentException($"A text of {width} bytes does not fit into an attribute.", nameof(values));
        int parts = 1;
        // As NumPy's array_split: the first parts have one more.
        while (((values.Count + parts - 1) / parts) * (long)width > LongestList) parts++;
        if (parts == 1)
        {
            _attributes.Add(new(Checked(name), values, Fixed: true));
            return;
        }
        int begin = 0;
        for (int i = 0; i < parts; i++)
        {
            int count = (values.Count / parts) + (i < values.Count % parts ? 1 : 0);
            _attributes.Add(new(Checked($"{name}{i}"), [.. values.Skip(begin).Take(count)], Fixed: true));
            begin += count;
        }
    }

    private static string Checked(string name) => name.Length > 0 && !name.Contains('/', StringComparison.Ordinal) && !name.Contains('\0', StringComparison.Ordinal) && name != "."
        ? name
        : throw new ArgumentException($"'{name}' can't be a name in an HDF5 file.", nameof(name));

    private sealed class ByBytes : IComparer<string>
    {
        public static ByBytes Order { get; } = new();

        public int Compare(string? x, string? y) => Encoding.UTF8.GetBytes(x!).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y!));
    }
}

/// <param name="Fixed">A list of texts of one width, in place; otherwise one text, in the global heap.</param>
internal sealed record Hdf5TextAttribute(string Name, IReadOnlyList<string> Values, bool Fixed);
