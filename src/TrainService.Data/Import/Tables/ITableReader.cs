namespace TrainService.Data.Import.Tables;

/// <summary>Reads a table from its start, row by row.</summary>
internal interface ITableReader : IDisposable
{
    /// <summary>Names of the columns. A format that names them row by row has them all only after the last row of the first reading.</summary>
    IReadOnlyList<string> Columns { get; }

    /// <summary>
    /// The next row, or false at the end. A row that is not usable carries its problem. Throws <see cref="TableException"/> when reading on makes no
    /// sense.
    /// </summary>
    bool Read(TableRow row);
}

/// <summary>A table that cannot be read any further.</summary>
internal sealed class TableException(string code, string detail, long? line = null, string? column = null) : Exception(detail)
{
    public string Code => code;

    public long? Line => line;

    public string? Column => column;
}
