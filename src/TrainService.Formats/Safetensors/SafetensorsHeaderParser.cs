using System.Text.Json;

namespace TrainService.Formats.Safetensors;

/// <summary>Reads the header's JSON: one object, of tensors and at most one <c>__metadata__</c>.</summary>
internal ref struct SafetensorsHeaderParser
{
    private readonly FormatLimits _limits;
    private readonly string _file;
    private Utf8JsonReader _json;
    private string? _tensor;

    private SafetensorsHeaderParser(ReadOnlySpan<byte> json, FormatLimits limits, string file)
    {
        // An object of objects of lists: three levels.
        _json = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 4 });
        (_limits, _file) = (limits, file);
    }

    public static (Dictionary<string, string> Metadata, List<SafetensorsEntry> Tensors) Parse(ReadOnlySpan<byte> json, FormatLimits limits,
        string file)
    {
        var parser = new SafetensorsHeaderParser(json, limits, file);
        try
        {
            return parser.ReadHeader();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text that is no valid UTF-8 or UTF-16.
            throw new ArrayFormatException(file, parser._tensor, "the header is no valid JSON", 8 + parser._json.TokenStartIndex, e);
        }
    }

    private (Dictionary<string, string> Metadata, List<SafetensorsEntry> Tensors) ReadHeader()
    {
        Dictionary<string, string> metadata = [];
        List<SafetensorsEntry> tensors = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        Take(JsonTokenType.StartObject, "an object");
        while (Next() == JsonTokenType.PropertyName)
        {
            _tensor = _json.GetString()!;
            if (!names.Add(_tensor)) throw Problem("this name stands there twice");
            if (_tensor == "__metadata__") ReadMetadata(metadata);
            else if (tensors.Count >= _limits.MaxArrays) throw Problem($"there are more than {_limits.MaxArrays:N0} tensors");
            else tensors.Add(ReadTensor(_tensor));
        }
        _tensor = null;
        // Only spaces may follow: the reader itself throws at anything else.
        _json.Read();
        return (metadata, tensors);
    }

    private void ReadMetadata(Dictionary<string, string> metadata)
    {
        Take(JsonTokenType.StartObject, "an object of texts");
        while (Next() == JsonTokenType.PropertyName)
        {
            string key = _json.GetString()!;
            Take(JsonTokenType.String, "a text");
            if (!metadata.TryAdd(key, _json.GetString()!)) throw Problem($"the key '{ArrayFormatException.Printable(key)}' stands there twice");
        }
    }

    private SafetensorsEntry ReadTensor(string name)
    {
        ArrayType? type = null;
        List<long>? shape = null, offsets = null;
        Take(JsonTokenType.StartObject, "an object with dtype, shape and data_offsets");
        while (Next() == JsonTokenType.PropertyName)
        {
            string key = _json.GetString()!;
            bool again = key switch
            {
                "dtype" => type is not null,
                "shape" => shape is not null,
                "data_offsets" => offsets is not null,
                _ => throw Problem($"unknown key '{ArrayFormatException.Printable(key)}'"),
            };
            if (again) throw Problem($"the key '{key}' stands there twice");
            if (key == "dtype") type = ReadType();
            else if (key == "shape") shape = ReadWholes(_limits.MaxRank);
            else offsets = ReadWholes(2);
        }
        if (type is null || shape is null || offsets is null) throw Problem("dtype, shape and data_offsets must all be there");
        if (offsets.Count != 2 || offsets[0] > offsets[1]) throw Problem("data_offsets must be two numbers, the first not above the second");
        return new(name, type.Value, shape, offsets[0], offsets[1]);
    }

    private ArrayType ReadType()
    {
        Take(JsonTokenType.String, "the name of a type");
        string name = _json.GetString()!;
        return SafetensorsTypes.Find(name)
            ?? throw Problem($"element type '{ArrayFormatException.Printable(name)}' is not among {string.Join(", ", SafetensorsTypes.Names)}");
    }

    private List<long> ReadWholes(int most)
    {
        List<long> values = [];
        Take(JsonTokenType.StartArray, "a list of whole numbers");
        while (Next() == JsonTokenType.Number)
        {
            if (values.Count == most) throw Problem($"the list has more than {most} numbers");
            if (!_json.TryGetInt64(out long value) || value < 0) throw Problem("a whole number from 0 to 2⁶³ - 1 is expected");
            values.Add(value);
        }
        if (_json.TokenType != JsonTokenType.EndArray) throw Problem("a list of whole numbers is expected");
        return values;
    }

    private JsonTokenType Next() => _json.Read() ? _json.TokenType : throw Problem("the header ends too early");

    private void Take(JsonTokenType type, string what)
    {
        if (Next() != type) throw Problem($"{what} is expected");
    }

    private readonly ArrayFormatException Problem(string what) => new(_file, _tensor, what, 8 + _json.TokenStartIndex);
}
