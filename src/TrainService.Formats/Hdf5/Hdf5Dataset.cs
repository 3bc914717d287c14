namespace TrainService.Formats.Hdf5;

/// <summary>An array. Its shape and type are known; its numbers are read when asked for.</summary>
public sealed class Hdf5Dataset : Hdf5Node
{
    private readonly Hdf5Source _source;
    private readonly Hdf5Type _type;
    private readonly DataLayout _layout;
    private readonly long _address;
    private NamedArray? _read;

    internal Hdf5Dataset(Hdf5Source source, ObjectHeader header, string path, Hdf5Attributes attributes, long address)
        : base(path, attributes)
    {
        (_source, _address) = (source, address);
        if (header.Find(MessageType.ExternalFiles) is not null) throw Problem("its numbers lie in other files, which are never opened");
        _type = Hdf5Type.Read(Needed(header, MessageType.Datatype, "type"));
        Shape = Dataspace.Read(Needed(header, MessageType.Dataspace, "shape"));
        FilterPipeline filters = header.Find(MessageType.Filters) is { } pipeline ? FilterPipeline.Read(pipeline.Open(source, "the filters")) : FilterPipeline.None;
        _layout = DataLayout.Read(Needed(header, MessageType.Layout, "layout"), Shape, _type.Size, filters);
        if (_type is { Numbers: null, Text: Hdf5Text.None, Size: 2, Name: "opaque" } && attributes.Text("dtype") == "bfloat16") Type = ArrayType.BFloat16;
        else Type = _type.Numbers;
    }

    /// <summary>Null when its elements are no numbers.</summary>
    public ArrayType? Type { get; }

    public IReadOnlyList<long> Shape { get; }

    /// <summary>The numbers, under the name of the dataset's path. Throws <see cref="ArrayFormatException"/>.</summary>
    public NamedArray Read()
    {
        if (_read is not null) return _read;
        if (Type is not { } type) throw Problem($"its elements are of the kind {_type.Name}, of {_type.Size} bytes: no numbers that are read here");
        long bytes = ArrayShape.Bytes(Shape, type, _source.Limits, _source.File, Path, _address);
        if (bytes > Array.MaxLength) throw Problem($"{bytes:N0} bytes are more than one array can hold ({Array.MaxLength:N0})");
        return _read = new NamedArray(Path, type, Shape, _layout.Read(_source, (int)bytes, Path));
    }

    private Hdf5Cursor Needed(ObjectHeader header, MessageType type, string what)
        => header.Find(type) is { } found ? found.Open(_source, $"the {what} of '{ArrayFormatException.Printable(Path)}'") : throw Problem($"its {what} is missing");

    private ArrayFormatException Problem(string what) => _source.Problem(what, _address, Path);
}
