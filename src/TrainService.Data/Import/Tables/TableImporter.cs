using TrainService.Data.Descriptions;
using TrainService.Data.Storage;

namespace TrainService.Data.Import.Tables;

/// <summary>
/// Stores a table in three passes over its file: what each column is; which words and whole numbers it holds; the rows themselves, one float32 for
/// each stored column. Memory does not grow with the number of rows.
/// </summary>
/// <param name="open">The table from its start; the second time and later, with the columns of the first.</param>
internal sealed class TableImporter(string file, Func<IReadOnlyList<string>?, ITableReader> open, ImportContext context)
{
    // Words are the one thing that is held in memory.
    private const int MaxWordsInAll = 500_000;

    private readonly TableRow _row = new();
    private long _rows;

    /// <summary>What the rows' own statistics don't say; null when something is wrong.</summary>
    public DatasetDescription? Import(DatasetDescription frame)
    {
        if (FindTypes() is not { } columns || TablePlan.Make(columns, file, context) is not { } plan) return null;
        string[] names = [.. columns.Select(c => c.Name)];
        Collect(plan, names);
        int rows = Store(plan, names);
        if (!context.Errors.Any && rows == 0) context.Errors.Add("no_rows", "no row is left", file);
        return context.Errors.Any ? null : Describe(frame, plan, rows);
    }

    private ColumnPlan[]? FindTypes()
    {
        using ITableReader reader = open(null);
        List<ColumnPlan> columns = [];
        while (Next(reader))
        {
            if (_row.Problem is { } problem)
            {
                context.Errors.Add(problem.Code, problem.Detail, file, _row.Line);
                continue;
            }
            while (columns.Count < reader.Columns.Count) columns.Add(new(reader.Columns[columns.Count]) { Missing = _rows });
            for (int i = 0; i < columns.Count; i++)
            {
                ReadOnlySpan<char> cell = _row[i];
                if (Cells.IsMissing(cell)) columns[i].Missing++;
                else if (Cells.TryNumber(cell, out _)) columns[i].Numbers++;
                else columns[i].Words++;
            }
            if (++_rows > context.Limits.MaxRows)
            {
                context.Errors.Add("too_many_rows", $"the table has more than {context.Limits.MaxRows:N0} rows", file);
                return null;
            }
        }
        if (_rows > 0) return [.. columns];
        if (!context.Errors.Any) context.Errors.Add("no_rows", "the file holds no rows", file);
        return null;
    }

    private void Collect(TablePlan plan, string[] names)
    {
        using ITableReader reader = open(names);
        while (NextStored(reader, plan))
            foreach (int i in plan.Stored)
                plan.Columns[i].Collect(_row[i]);
        int words = 0;
        foreach (int i in plan.Stored)
        {
            ColumnPlan column = plan.Columns[i];
            column.Settle();
            words += column.DistinctWords;
            if (column.Overflowed)
                context.Errors.Add("too_many_categories",
                    $"the column has more than {column.MostDistinct:N0} different words: is it free text, or an id? Leave it out of the features",
                    file, column: column.Name);
        }
        if (words > MaxWordsInAll)
            context.Errors.Add("too_many_categories", $"the columns have {words:N0} different words together, more than {MaxWordsInAll:N0}", file);
        long width = plan.Stored.Sum(i => plan.Columns[i].Type == ColumnType.Categorical ? (long)plan.Columns[i].DistinctWords : 1);
        if (width > context.Limits.MaxRowLength)
            context.Errors.Add("too_many_columns", $"a row of inputs would have {width:N0} numbers, more than {context.Limits.MaxRowLength:N0}",
                file);
    }

    private int Store(TablePlan plan, string[] names)
    {
        using ITableReader reader = open(names);
        using var writer = new PartWriter(context.Folder, Part.Train, context.Budget);
        float[] values = new float[plan.Stored.Length];
        float[] fill = [.. plan.Stored.Select(i => plan.Columns[i].FillValue())];
        int rows = 0;
        while (NextStored(reader, plan))
        {
            for (int j = 0; j < values.Length; j++)
                values[j] = Value(plan.Columns[plan.Stored[j]], _row[plan.Stored[j]], fill[j]);
            writer.WriteInputs(values);
            rows++;
        }
        writer.Complete();
        context.DroppedRows = _rows - rows;
        return rows;
    }

    private float Value(ColumnPlan column, ReadOnlySpan<char> cell, float fill)
    {
        if (Cells.IsMissing(cell))
        {
            if (context.Options.Missing == MissingPolicy.Mean && !column.IsLabel) return fill;
            context.Errors.Add("missing_value", column.IsLabel ? "the label is missing; \"missing\": \"drop\" leaves such rows out"
                : "the cell is empty; \"missing\": \"drop\" leaves such rows out, \"mean\" fills them in", file, _row.Line, column.Name);
            return 0;
        }
        if (column.TryStore(cell, out float value)) return value;
        if (column.Type == ColumnType.Numeric)
            context.Errors.Add("not_a_number", context.Errors.HasRoom
                ? $"'{JsonWords.Short(cell.ToString())}' is no finite number that float32 can hold; to read the column as words name it in \"categorical\"" : "", file, _row.Line, column.Name);
        return 0;
    }

    private bool Next(ITableReader reader)
    {
        context.Stopping.ThrowIfCancellationRequested();
        return reader.Read(_row);
    }

    // Rows with a problem were reported by the first pass.
    private bool NextStored(ITableReader reader, TablePlan plan)
    {
        while (Next(reader))
        {
            if (_row.Problem is not null) continue;
            if (context.Options.Missing != MissingPolicy.Drop || !plan.Stored.Any(i => Cells.IsMissing(_row[i]))) return true;
        }
        return false;
    }

    private DatasetDescription? Describe(DatasetDescription frame, TablePlan plan, int rows)
    {
        bool fills = context.Options.Missing == MissingPolicy.Mean;
        ColumnDescription[] columns = [.. plan.Stored.Select(i => plan.Columns[i].Describe(fills))];
        int width = columns.Where(c => plan.Features.Contains(c.Name, StringComparer.Ordinal)).Sum(c => c.Width);
        if (TargetOf(plan, columns, rows, width) is not { } target) return null;
        return frame with
        {
            Kind = DatasetKind.Table,
            InputShape = [width],
            StoredType = "float32",
            Target = target,
            Counts = new(rows),
            Columns = columns,
            Features = plan.Features,
        };
    }

    private TargetDescription? TargetOf(TablePlan plan, ColumnDescription[] columns, int rows, int width)
    {
        if (plan.Label.Length == 0) return TargetDescription.OfInputs([width]);
        if (plan.Label.Length > 1) return new() { Kind = TargetKind.Vector, Shape = [plan.Label.Length], Columns = plan.Label };
        ColumnDescription label = columns.First(c => c.Name == plan.Label[0]);
        TargetDescription? target = LabelKind.Of(label, context.Options.Target, rows);
        if (target is null)
            context.Errors.Add("not_a_class",
                $"the label is to be a class, but its numbers are not whole, or more than {context.Limits.MaxClasses:N0} different ones", file,
                column: label.Name);
        return target;
    }
}
