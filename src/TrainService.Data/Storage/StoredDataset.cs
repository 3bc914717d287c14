using System.Runtime.InteropServices;
using System.Text.Json;
using TrainService.Data.Descriptions;
using TrainService.Data.Rows;
using TrainService.Tensors;

namespace TrainService.Data.Storage;

/// <summary>What <c>dataset.json</c> holds.</summary>
/// <param name="Format">Version of the folder's layout.</param>
internal sealed record StoredDescription(int Format, DatasetDescription Dataset)
{
    public const int CurrentFormat = 1;
}

/// <summary>Reads and writes a dataset's folder. What does not fit together is an <see cref="InvalidDataException"/>.</summary>
internal static class StoredDataset
{
    public static DatasetDescription ReadDescription(string folder)
    {
        string path = Path.Combine(folder, DatasetFiles.Description);
        StoredDescription? stored;
        try
        {
            using FileStream stream = File.OpenRead(path);
            stored = JsonSerializer.Deserialize<StoredDescription>(stream, DataJson.Options);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{DatasetFiles.Description} is damaged: {e.Message}", e);
        }
        return stored is { Format: StoredDescription.CurrentFormat, Dataset: { } dataset }
            ? dataset
            : throw new InvalidDataException($"{DatasetFiles.Description} has another format than {StoredDescription.CurrentFormat}.");
    }

    /// <summary>Flushed to disk when it returns.</summary>
    public static void WriteDescription(string folder, DatasetDescription dataset)
    {
        using FileStream stream = File.Create(Path.Combine(folder, DatasetFiles.Description));
        JsonSerializer.Serialize(stream, new StoredDescription(StoredDescription.CurrentFormat, dataset), DataJson.Options);
        stream.Flush(flushToDisk: true);
    }

    public static Dataset Open(string folder, DatasetDescription dataset)
    {
        SplitCounts counts = dataset.Counts;
        return new Dataset(dataset, OpenPart(folder, dataset, Part.Train, counts.Train)!,
            OpenPart(folder, dataset, Part.Validation, counts.Validation),
            OpenPart(folder, dataset, Part.Test, counts.Test));
    }

    private static Split? OpenPart(string folder, DatasetDescription dataset, Part part, int? rows)
    {
        if (rows is not { } count) return null;
        int rowLength = dataset.Columns?.Count ?? dataset.InputShape.Aggregate(1, (a, b) => checked(a * b));
        bool bytes = dataset.StoredType == "uint8";
        var file = new MappedFile(Path.Combine(folder, DatasetFiles.Inputs(part)), (long)count * rowLength * (bytes ? 1 : 4));
        RowSource inputs = bytes ? new MappedByteRows(file, count, rowLength, (float)dataset.Scale) : new MappedFloatRows(file, count, rowLength);
        RowSource targets = dataset.Target.Kind == TargetKind.Inputs ? inputs
            : dataset.Columns is { } columns ? LabelsOf(inputs, columns, dataset.Target)
            : new MappedFloatRows(new MappedFile(Path.Combine(folder, DatasetFiles.Targets(part)), 4L * count * dataset.Target.Length), count,
                dataset.Target.Length);
        // Only the training rows must have weights; the others may.
        string weights = Path.Combine(folder, DatasetFiles.Weights(part));
        return new Split(inputs, targets, dataset.HasSampleWeights && (part == Part.Train || File.Exists(weights)) ? ReadWeights(weights, count)
            : default);
    }

    /// <summary>A table's targets, read from its columns.</summary>
    internal static TableLabels LabelsOf(RowSource table, IReadOnlyList<ColumnDescription> columns, TargetDescription target)
    {
        int[] label = [.. target.Columns!.Select(name => IndexOf(columns, name))];
        bool wholeNumbers = target.Kind == TargetKind.Class && columns[label[0]].Type == ColumnType.Numeric;
        return new TableLabels(table, label, wholeNumbers ? [.. columns[label[0]].WholeNumbers!] : null);
    }

    /// <summary>The column's place; -1 when there is none.</summary>
    internal static int IndexOf(IReadOnlyList<ColumnDescription> columns, string name)
    {
        for (int i = 0; i < columns.Count; i++)
            if (columns[i].Name == name) return i;
        return -1;
    }

    private static float[] ReadWeights(string path, int count)
    {
        byte[] bytes = File.ReadAllBytes(path);
        return bytes.Length == 4L * count
            ? MemoryMarshal.Cast<byte, float>(bytes).ToArray()
            : throw new InvalidDataException($"{Path.GetFileName(path)} has {bytes.Length:N0} bytes instead of {4L * count:N0}.");
    }
}
