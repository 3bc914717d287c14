using System.Buffers;
using TrainService.Tensors;

namespace TrainService.Data.Rows;

/// <summary>Columns of a table as targets: a category's index, a number, or a whole number's place among those that stand for classes.</summary>
/// <param name="columns">Which numbers of the table's rows.</param>
/// <param name="wholeNumbers">When a column of whole numbers is read as classes: those numbers, ascending.</param>
internal sealed class TableLabels(RowSource table, int[] columns, long[]? wholeNumbers) : RowSource
{
    private const int OnStack = 512;

    public override int Count => table.Count;

    public override int RowLength => columns.Length;

    public override void CopyRow(int row, Span<float> destination)
    {
        float[]? rented = table.RowLength > OnStack ? ArrayPool<float>.Shared.Rent(table.RowLength) : null;
        Span<float> values = rented is null ? stackalloc float[OnStack] : rented;
        table.CopyRow(row, values[..table.RowLength]);
        for (int i = 0; i < columns.Length; i++) destination[i] = values[columns[i]];
        // Not among them (another table's): -1, no class.
        if (wholeNumbers is not null) destination[0] = Math.Max(-1, Array.BinarySearch(wholeNumbers, (long)destination[0]));
        if (rented is not null) ArrayPool<float>.Shared.Return(rented);
    }
}
