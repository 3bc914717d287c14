using System.Text;

namespace TrainService.Formats.Hdf5;

/// <summary>The named notes on a group or dataset. Only texts are asked for; others are known by name.</summary>
public sealed class Hdf5Attributes
{
    private readonly Hdf5Source _source;
    private readonly GlobalHeap _heap;
    private readonly string _owner;
    private readonly Dictionary<string, HeaderMessage> _messages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _texts = new(StringComparer.Ordinal);

    internal Hdf5Attributes(Hdf5Source source, GlobalHeap heap, string owner, IEnumerable<HeaderMessage> messages)
    {
        (_source, _heap, _owner) = (source, heap, owner);
        foreach (HeaderMessage message in messages)
        {
            string name = Open(message).Name;
            if (!_messages.TryAdd(name, message)) throw source.Problem($"there are two attributes '{ArrayFormatException.Printable(name)}'", message.Address, owner);
        }
    }

    public IReadOnlyCollection<string> Names => _messages.Keys;

    public bool Has(string name) => _messages.ContainsKey(name);

    /// <summary>A single text; null when there is no such attribute. Throws <see cref="ArrayFormatException"/> when it is anything else.</summary>
    public string? Text(string name)
    {
        if (Texts(name) is not { } texts) return null;
        return texts.Count == 1 ? texts[0] : throw _source.Problem($"the attribute '{name}' has {texts.Count:N0} texts, not one", _messages[name].Address, _owner);
    }

    /// <summary>A list of texts; null when there is no such attribute. An empty list may be of any type.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (_texts.TryGetValue(name, out IReadOnlyList<string>? known)) return known;
        if (!_messages.TryGetValue(name, out HeaderMessage message)) return null;
        (_, Hdf5Type type, long[] shape, Hdf5Cursor data) = Open(message);
        if (ArrayShape.Count(shape) is not { } count || count > data.Left / type.Size)
            throw _source.Problem($"the attribute '{name}' ends before its values do", data.Address, _owner);
        if (count > 0 && type.Text == Hdf5Text.None)
            throw _source.Problem($"the attribute '{name}' is a {type.Name}, not a text", message.Address, _owner);
        var texts = new List<string>((int)count);
        for (long i = 0; i < count; i++)
            texts.Add(type.Text == Hdf5Text.OnHeap ? Decode(_heap.Resolve(data.Part(16, "a text's place")).Span, name) : Decode(data.Take(type.Size), name));
        _texts.Add(name, texts);
        return texts;
    }

    /// <summary>
    /// A list that may be too long for one attribute: <c>name</c>, or <c>name0</c>, <c>name1</c> and so on, as Keras cuts lists that an object
    /// header can't hold. Null when there is neither.
    /// </summary>
    public IReadOnlyList<string>? LongTexts(string name)
    {
        if (Texts(name) is { } whole) return whole;
        List<string>? all = null;
        for (int i = 0; Texts($"{name}{i}") is { } part; i++) (all ??= []).AddRange(part);
        return all;
    }

    // Padding is zeros, or spaces, at the end.
    private string Decode(ReadOnlySpan<byte> bytes, string name)
    {
        int end = bytes.IndexOf((byte)0);
        try
        {
            return Utf8.GetString(end < 0 ? bytes : bytes[..end]);
        }
        catch (DecoderFallbackException e)
        {
            throw new ArrayFormatException(_source.File, _owner, $"the attribute '{name}' is no valid UTF-8", _messages[name].Address, e);
        }
    }

    internal static Encoding Utf8 { get; } = new UTF8Encoding(false, throwOnInvalidBytes: true);

    private (string Name, Hdf5Type Type, long[] Shape, Hdf5Cursor Data) Open(HeaderMessage message)
    {
        Hdf5Cursor all = message.Open(_source, "an attribute");
        int version = all.U8(), flags = all.U8();
        if (version is < 1 or > 3) throw all.Problem($"version {version} is not known");
        if (version > 1 && (flags & 3) != 0) throw all.Problem("a shared type or shape is not read");
        (int nameSize, int typeSize, int spaceSize) = (all.U16(), all.U16(), all.U16());
        if (version == 3) all.Skip(1);
        string name = Encoding.UTF8.GetString(all.Take(nameSize)).TrimEnd('\0');
        Pad(nameSize);
        Hdf5Type type = Hdf5Type.Read(all.Part(typeSize, "an attribute's type"));
        Pad(typeSize);
        long[] shape = Dataspace.Read(all.Part(spaceSize, "an attribute's shape"));
        Pad(spaceSize);
        return (name, type, shape, all);

        void Pad(int size)
        {
            if (version == 1) all.Skip(-size & 7);
        }
    }
}
