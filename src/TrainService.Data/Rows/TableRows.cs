using System.Buffers;
using TrainService.Tensors;

namespace TrainService.Data.Rows;

/// <summary>A column of a table as it goes into a row of inputs.</summary>
/// <param name="Index">Which number of the table's rows.</param>
/// <param name="Width">1 for a number; the number of categories otherwise.</param>
/// <param name="Categories">For categories of a table of its own: this one's index, by theirs; -1 for one that is not known here.</param>
internal sealed record TableColumn(int Index, int Width, bool Categorical, int[]? Categories = null);

/// <summary>Chosen columns of a table: numbers as they are, categories as indicators (1 for the one that is there, 0 for the others).</summary>
internal sealed class TableRows(RowSource table, TableColumn[] columns) : RowSource
{
    private const int OnStack = 512;

    public override int Count => table.Count;

    public override int RowLength { get; } = columns.Sum(c => c.Width);

    public override void CopyRow(int row, Span<float> destination)
    {
        float[]? rented = table.RowLength > OnStack ? ArrayPool<float>.Shared.Rent(table.RowLength) : null;
        Span<float> values = rented is null ? stackalloc float[OnStack] : rented;
        table.CopyRow(row, values[..table.RowLength]);
        int at = 0;
        foreach (TableColumn column in columns)
        {
            float value = values[column.Index];
            if (!column.Categorical)
            {
                destination[at++] = value;
                continue;
            }
            Span<float> indicators = destination.Slice(at, column.Width);
            indicators.Clear();
            int category = (int)value;
            if (column.Categories is { } known) category = known[category];
            if (category >= 0) indicators[category] = 1;
            at += column.Width;
        }
        if (rented is not null) ArrayPool<float>.Shared.Return(rented);
    }
}
