using System.Text;

namespace TrainService.Data.Import.Tables;

/// <summary>
/// Comma-separated values by RFC 4180: quoted cells may hold delimiters, line breaks and doubled quotes; lines end in CRLF, LF or CR; empty lines are
/// passed over. A quote within a cell that does not start with one is an ordinary character. UTF-8, or UTF-16 with a byte order mark.
/// </summary>
internal sealed class CsvReader : ITableReader
{
    private readonly StreamReader _reader;
    private readonly DatasetLimits _limits;
    private readonly char _delimiter;
    private readonly char[] _buffer = new char[1 << 15];
    private readonly List<string> _columns = [];
    private int _at, _end;
    private long _line = 1;
    private bool _firstRowPending;

    /// <param name="stream">Closed by its owner.</param>
    public CsvReader(Stream stream, ImportOptions options, DatasetLimits limits)
    {
        _limits = limits;
        _reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true, 1 << 15,
            leaveOpen: true);
        Fill();
        _delimiter = options.Delimiter ?? FindDelimiter(_buffer.AsSpan(0, _end));
        var first = new TableRow();
        if (!ReadRow(first)) throw new TableException("empty_file", "the file holds no rows");
        if (first.Problem is { } problem) throw new TableException(problem.Code, problem.Detail, first.Line);
        if (first.Count > limits.MaxColumns)
            throw new TableException("too_many_columns", $"the table has {first.Count:N0} columns, more than {limits.MaxColumns:N0}");
        NameColumns(first, options.Header);
        if (options.Header) return;
        // Read again as the first row of values.
        _pending = first;
        _firstRowPending = true;
    }

    private readonly TableRow? _pending;

    public IReadOnlyList<string> Columns => _columns;

    public bool Read(TableRow row)
    {
        if (_firstRowPending)
        {
            _firstRowPending = false;
            row.Clear();
            for (int i = 0; i < _pending!.Count; i++)
            {
                row.Append(_pending[i]);
                row.EndCell(quoted: true);
            }
            row.Line = _pending.Line;
            return true;
        }
        if (!ReadRow(row)) return false;
        if (row.Problem is null && row.Count != _columns.Count)
            row.Problem = ("wrong_columns", $"the row has {row.Count} cells, the table has {_columns.Count} columns");
        return true;
    }

    public void Dispose() => _reader.Dispose();

    private void NameColumns(TableRow first, bool header)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < first.Count; i++)
        {
            string name = header ? first[i].Trim().ToString() : "";
            if (name.Length == 0) name = $"column_{i + 1}";
            if (name.Length > 256)
                throw new TableException("invalid_column", "a column's name is longer than 256 characters", first.Line, JsonWords.Short(name));
            if (!names.Add(name))
                throw new TableException("duplicate_column", $"two columns are called '{JsonWords.Short(name)}'", first.Line, JsonWords.Short(name));
            _columns.Add(name);
        }
    }

    private bool ReadRow(TableRow row)
    {
        do
        {
            row.Clear();
            row.Line = _line;
            if (Peek() < 0) return false;
            while (ReadCell(row))
            {
            }
        }
        while (row.Count == 1 && row[0].IsEmpty && row.Problem is null);
        return true;
    }

    // True when another cell of the row follows.
    private bool ReadCell(TableRow row)
    {
        bool quoted = Peek() == '"';
        if (quoted) ReadQuoted(row);
        while (true)
        {
            int c = Take();
            if (c < 0 || c is '\n' or '\r')
            {
                if (c == '\r' && Peek() == '\n') Take();
                if (c >= 0) _line++;
                row.EndCell(quoted);
                return false;
            }
            if (c == _delimiter)
            {
                row.EndCell(quoted);
                return true;
            }
            if (row.Problem is not null) continue;
            if (quoted && c != ' ')
                row.Problem = ("bad_quotes", "something stands behind a quoted cell's closing quote; quotes within a cell are doubled");
            else if (row.Length >= _limits.MaxLineLength) row.Problem = TooLong();
            else if (!quoted) row.Append((char)c);
        }
    }

    private void ReadQuoted(TableRow row)
    {
        long start = _line;
        Take();
        while (true)
        {
            int c = Take();
            if (c < 0) throw new TableException("bad_quotes", $"the quoted cell that starts on line {start} does not end", start);
            if (c == '"')
            {
                if (Peek() != '"') return;
                Take();
            }
            else if (c == '\n' || (c == '\r' && Peek() != '\n'))
            {
                _line++;
            }
            // A quote that never closes takes in the rest of the file: nothing behind it could be trusted.
            if (row.Length >= _limits.MaxLineLength)
                throw new TableException("line_too_long", $"{TooLong().Detail}; is the quoted cell that starts on line {start} never closed?", start);
            row.Append((char)c);
        }
    }

    private (string Code, string Detail) TooLong() => ("line_too_long", $"the row is longer than {_limits.MaxLineLength:N0} characters");

    private int Peek() => _at < _end || Fill() ? _buffer[_at] : -1;

    private int Take() => _at < _end || Fill() ? _buffer[_at++] : -1;

    private bool Fill()
    {
        try
        {
            (_at, _end) = (0, _reader.Read(_buffer));
        }
        catch (DecoderFallbackException)
        {
            throw new TableException("not_utf8", $"the text is not UTF-8, on line {_line} or shortly after it", _line);
        }
        return _end > 0;
    }

    // The one that stands most often in the first line, outside of quotes; a comma when none does.
    private static char FindDelimiter(ReadOnlySpan<char> start)
    {
        const string known = ",;\t|";
        int[] counts = new int[known.Length];
        bool quoted = false;
        foreach (char c in start)
        {
            if (c == '"') quoted = !quoted;
            if (quoted) continue;
            if (c is '\n' or '\r') break;
            int which = known.IndexOf(c, StringComparison.Ordinal);
            if (which >= 0) counts[which]++;
        }
        return known[counts.IndexOf(counts.Max())];
    }
}
