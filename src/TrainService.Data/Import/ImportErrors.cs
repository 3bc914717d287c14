namespace TrainService.Data.Import;

/// <summary>Gathers what is wrong with an upload: the first errors in full, the rest as a number.</summary>
internal sealed class ImportErrors(int most)
{
    private readonly List<ImportError> _errors = [];

    public IReadOnlyList<ImportError> All => _errors;

    public long Count { get; private set; }

    public bool Any => Count > 0;

    /// <summary>True while another one would be listed: then it is worth finding words for it.</summary>
    public bool HasRoom => _errors.Count < most;

    public void Add(ImportError error)
    {
        if (HasRoom) _errors.Add(error);
        Count++;
    }

    public void Add(string code, string detail, string? file = null, long? row = null, string? column = null)
        => Add(new ImportError(code, detail, file, row, column));
}
