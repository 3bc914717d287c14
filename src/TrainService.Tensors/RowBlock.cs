namespace TrainService.Tensors;

/// <summary>What sources that keep their rows in one block have in common.</summary>
internal static class RowBlock
{
    public static int Count(int length, int rowLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rowLength);
        return length % rowLength == 0
            ? length / rowLength
            : throw new ArgumentException($"{length} numbers are not a whole number of rows of {rowLength}.", nameof(length));
    }

    public static void Check(int row, int count)
    {
        if ((uint)row >= (uint)count) throw new ArgumentOutOfRangeException(nameof(row), row, $"There are {count} rows.");
    }
}
