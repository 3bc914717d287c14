using System.Text;
using System.Text.Json;

namespace TrainService.Data.Import.Tables;

/// <summary>
/// JSON Lines: one object a line; its keys are the columns, in the order in which they first appear. Numbers, texts, true and false are cells; null
/// and a key that is not there are empty ones. Empty lines are passed over.
/// </summary>
internal sealed class JsonLinesReader(Stream stream, DatasetLimits limits, IReadOnlyList<string>? columns = null) : ITableReader
{
    private readonly List<string> _columns = [.. columns ?? []];
    private readonly Dictionary<string, int> _indices = (columns ?? []).Select((name, i) => (name, i))
        .ToDictionary(p => p.name, p => p.i, StringComparer.Ordinal);
    private byte[] _buffer = new byte[1 << 16];
    private int _at, _end;
    private long _line;
    private bool _started;

    public IReadOnlyList<string> Columns => _columns;

    public bool Read(TableRow row)
    {
        while (TakeLine(out ReadOnlySpan<byte> line, out bool tooLong))
        {
            if (!tooLong && line.TrimStart(" \t\r"u8).IsEmpty) continue;
            row.Reset(_columns.Count);
            row.Line = _line;
            if (tooLong) row.Problem = ("line_too_long", $"the line is longer than {limits.MaxLineLength:N0} bytes");
            else Parse(line, row);
            return true;
        }
        return false;
    }

    public void Dispose()
    {
    }

    private void Parse(ReadOnlySpan<byte> line, TableRow row)
    {
        var json = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 8 });
        var seen = new HashSet<int>();
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                row.Problem = ("not_an_object", "each line must be one JSON object");
                return;
            }
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                int column = ColumnOf(json.GetString()!, row);
                if (!seen.Add(column)) row.Problem ??= ("duplicate_key", $"the key '{JsonWords.Short(_columns[column])}' stands there twice");
                json.Read();
                ReadValue(ref json, row, column);
            }
            json.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text that is no valid Unicode.
            row.Problem = ("bad_json", "the line is no valid JSON");
        }
    }

    private void ReadValue(ref Utf8JsonReader json, TableRow row, int column)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.Number:
                // ASCII by the grammar of JSON.
                row.Set(column, Encoding.ASCII.GetString(json.ValueSpan));
                break;
            case JsonTokenType.String:
                row.Set(column, json.GetString());
                break;
            case JsonTokenType.True or JsonTokenType.False:
                row.Set(column, json.TokenType == JsonTokenType.True ? "true" : "false");
                break;
            case JsonTokenType.Null:
                break;
            default:
                json.Skip();
                row.Problem ??= ("nested_value",
                    $"the value of '{JsonWords.Short(_columns[column])}' is a list or an object; a cell is a number, a text, true or false");
                break;
        }
    }

    private int ColumnOf(string name, TableRow row)
    {
        if (_indices.TryGetValue(name, out int index)) return index;
        if (_columns.Count >= limits.MaxColumns)
            throw new TableException("too_many_columns", $"the table has more than {limits.MaxColumns:N0} columns", _line);
        if (name.Length is 0 or > 256)
            throw new TableException("invalid_column", "a column's name is empty or longer than 256 characters", _line, JsonWords.Short(name));
        _indices.Add(name, index = _columns.Count);
        _columns.Add(name);
        row.Widen(_columns.Count);
        return index;
    }

    // A line without its end. Of one that is too long only the fact remains.
    private bool TakeLine(out ReadOnlySpan<byte> line, out bool tooLong)
    {
        line = default;
        tooLong = false;
        int searched = _at;
        while (true)
        {
            int length = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                tooLong |= searched + length - _at > limits.MaxLineLength;
                if (!tooLong) line = _buffer.AsSpan(_at, searched + length - _at);
                _at = searched + length + 1;
                _line++;
                return true;
            }
            if (_end - _at > limits.MaxLineLength)
            {
                tooLong = true;
                _at = _end;
            }
            searched = Fill();
            if (searched < _end) continue;
            if (_at == _end && !tooLong) return false;
            if (!tooLong) line = _buffer.AsSpan(_at, _end - _at);
            _at = _end;
            _line++;
            return true;
        }
    }

    // Moves what is left to the start, grows if need be, reads on. Where the new bytes start; the end when there are none.
    private int Fill()
    {
        int left = _end - _at;
        _buffer.AsSpan(_at, left).CopyTo(_buffer);
        if (left == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        int got = stream.Read(_buffer, left, _buffer.Length - left);
        (_at, _end) = (0, left + got);
        if (!_started && _end >= 3)
        {
            _started = true;
            // The byte order mark of UTF-8.
            if (_buffer is [0xEF, 0xBB, 0xBF, ..]) _at = 3;
        }
        return Math.Max(left, _at);
    }
}
