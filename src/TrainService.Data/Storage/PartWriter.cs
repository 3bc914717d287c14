using System.Runtime.InteropServices;

namespace TrainService.Data.Storage;

/// <summary>Writes one part of a new dataset, row after row, into its folder. Every byte is counted against the budget.</summary>
internal sealed class PartWriter : IDisposable
{
    private readonly StorageBudget _budget;
    private readonly string _folder;
    private readonly Part _part;
    private readonly Dictionary<string, FileStream> _files = [];

    public PartWriter(string folder, Part part, StorageBudget budget) => (_folder, _part, _budget) = (folder, part, budget);

    public void WriteInputs(ReadOnlySpan<byte> bytes) => Write(DatasetFiles.Inputs(_part), bytes);

    public void WriteInputs(ReadOnlySpan<float> values) => Write(DatasetFiles.Inputs(_part), MemoryMarshal.AsBytes(values));

    public void WriteTargets(ReadOnlySpan<float> values) => WriteTargets(MemoryMarshal.AsBytes(values));

    public void WriteTargets(ReadOnlySpan<byte> singles) => Write(DatasetFiles.Targets(_part), singles);

    public void WriteWeights(ReadOnlySpan<float> values) => WriteWeights(MemoryMarshal.AsBytes(values));

    public void WriteWeights(ReadOnlySpan<byte> singles) => Write(DatasetFiles.Weights(_part), singles);

    /// <summary>Everything is on disk when it returns.</summary>
    public void Complete()
    {
        foreach (FileStream file in _files.Values) file.Flush(flushToDisk: true);
        Dispose();
    }

    public void Dispose()
    {
        foreach (FileStream file in _files.Values) file.Dispose();
        _files.Clear();
    }

    private void Write(string name, ReadOnlySpan<byte> bytes)
    {
        _budget.Take(bytes.Length);
        if (!_files.TryGetValue(name, out FileStream? file))
            _files[name] = file = new FileStream(Path.Combine(_folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 16);
        file.Write(bytes);
    }
}
