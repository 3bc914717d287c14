namespace TrainService.Data.Import.Tables;

/// <summary>The cells of one row as text, in memory that is used again for the next row.</summary>
internal sealed class TableRow
{
    private char[] _text = new char[1024];
    private (int Start, int Length, bool Quoted)[] _cells = new (int, int, bool)[16];
    private int _used;
    private int _start;

    /// <summary>Line of the file on which the row starts, from 1.</summary>
    public long Line { get; set; }

    /// <summary>Why the row as a whole is not usable; null when it is.</summary>
    public (string Code, string Detail)? Problem { get; set; }

    public int Count { get; private set; }

    /// <summary>Characters of the row so far.</summary>
    public int Length => _used;

    /// <summary>A cell's text. Spaces around one that is not quoted don't count.</summary>
    public ReadOnlySpan<char> this[int cell]
    {
        get
        {
            (int start, int length, bool quoted) = _cells[cell];
            ReadOnlySpan<char> text = _text.AsSpan(start, length);
            return quoted ? text : text.Trim();
        }
    }

    public void Clear()
    {
        (Count, _used, _start, Problem) = (0, 0, 0, null);
    }

    /// <summary>So many cells, all empty: for rows whose cells come in any order.</summary>
    public void Reset(int cells)
    {
        Clear();
        if (_cells.Length < cells) Array.Resize(ref _cells, cells);
        Array.Clear(_cells, 0, cells);
        Count = cells;
    }

    /// <summary>More cells, empty ones, behind those that are there.</summary>
    public void Widen(int cells)
    {
        if (_cells.Length < cells) Array.Resize(ref _cells, Math.Max(cells, _cells.Length * 2));
        Array.Clear(_cells, Count, cells - Count);
        Count = cells;
    }

    public void Append(char c)
    {
        if (_used == _text.Length) Array.Resize(ref _text, _text.Length * 2);
        _text[_used++] = c;
    }

    public void Append(ReadOnlySpan<char> text)
    {
        while (_text.Length - _used < text.Length) Array.Resize(ref _text, _text.Length * 2);
        text.CopyTo(_text.AsSpan(_used));
        _used += text.Length;
    }

    /// <summary>What was appended since the last cell is the next one.</summary>
    public void EndCell(bool quoted)
    {
        if (Count == _cells.Length) Array.Resize(ref _cells, Count * 2);
        _cells[Count++] = (_start, _used - _start, quoted);
        _start = _used;
    }

    /// <summary>Sets a cell of a row that was <see cref="Reset"/>.</summary>
    public void Set(int cell, ReadOnlySpan<char> text)
    {
        Append(text);
        _cells[cell] = (_start, text.Length, true);
        _start = _used;
    }
}
