using System.Runtime.InteropServices;

namespace TrainService.Data.Storage;

/// <summary>Writes one part of a new dataset, row after row, into its folder. Every byte is counted against the budget.</summary>
internal sealed class PartWriter(string folder, Part part, StorageBudget budget) : IDisposable
{
    private FileStream? _inputs, _targets, _weights;

    public void WriteInputs(ReadOnlySpan<byte> bytes) => Write(_inputs ??= Create(DatasetFiles.Inputs(part)), bytes);

    public void WriteInputs(ReadOnlySpan<float> values) => WriteInputs(MemoryMarshal.AsBytes(values));

    public void WriteTargets(ReadOnlySpan<byte> singles) => Write(_targets ??= Create(DatasetFiles.Targets(part)), singles);

    public void WriteTargets(ReadOnlySpan<float> values) => WriteTargets(MemoryMarshal.AsBytes(values));

    public void WriteWeights(ReadOnlySpan<byte> singles) => Write(_weights ??= Create(DatasetFiles.Weights(part)), singles);

    public void WriteWeights(ReadOnlySpan<float> values) => WriteWeights(MemoryMarshal.AsBytes(values));

    /// <summary>Everything is on disk when it returns.</summary>
    public void Complete()
    {
        foreach (FileStream? file in (FileStream?[])[_inputs, _targets, _weights]) file?.Flush(flushToDisk: true);
        Dispose();
    }

    public void Dispose()
    {
        foreach (FileStream? file in (FileStream?[])[_inputs, _targets, _weights]) file?.Dispose();
    }

    private void Write(FileStream file, ReadOnlySpan<byte> bytes)
    {
        budget.Take(bytes.Length);
        file.Write(bytes);
    }

    private FileStream Create(string name) => new(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 16);
}
