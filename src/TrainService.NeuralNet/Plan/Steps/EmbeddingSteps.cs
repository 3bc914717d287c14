using TrainService.NeuralNet.Layers;
using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>The numbers of a batch, sorted by which part of the table they name; within a part in the order of the batch.</summary>
internal sealed class EmbeddingBuckets(int places, int rows)
{
    /// <summary>Rows of the table in a part.</summary>
    public const int RowsPerPart = 64;

    public int Parts { get; } = (rows + RowsPerPart - 1) / RowsPerPart;

    /// <summary>First place of each part in <see cref="Order"/>, and one past the last.</summary>
    public int[] Begin { get; } = new int[((rows + RowsPerPart - 1) / RowsPerPart) + 1];

    /// <summary>Places in the batch.</summary>
    public int[] Order { get; } = new int[places];

    /// <summary>The row of the table that each place names.</summary>
    public int[] Row { get; } = new int[places];

    /// <summary>Counting sort of <see cref="Row"/>.</summary>
    public void Sort()
    {
        Array.Clear(Begin);
        foreach (int row in Row) Begin[(row / RowsPerPart) + 1]++;
        for (int part = 0; part < Parts; part++) Begin[part + 1] += Begin[part];
        for (int place = 0; place < Row.Length; place++) Order[Begin[Row[place] / RowsPerPart]++] = place;
        // Each beginning has moved to the next one.
        for (int part = Parts; part > 0; part--) Begin[part] = Begin[part - 1];
        Begin[0] = 0;
    }
}

/// <summary>Sorts the numbers of the batch.</summary>
/// <param name="sorted">Stands for the order, so that steps which use it come after.</param>
internal sealed unsafe class EmbeddingOrderStep(PlanBuffer x, int count, int last, EmbeddingBuckets buckets, PlanBuffer sorted) : PlanStep
{
    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; } = [new(x, Access.All)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(sorted, Access.All)];

    public override double Cost => x.Length * 4.0;

    public override void Run(in Block block, StepContext context)
    {
        for (int r = 0; r < x.Rows; r++)
            for (int i = 0; i < count; i++)
                buckets.Row[(r * count) + i] = TableRows.Index(x.Row(r)[i], last);
        buckets.Sort();
    }

    public override string ToString() => "sort numbers";
}

/// <summary>
/// Gradient of the table: the sum of dy over all places that name a row, in their order. Parts that nobody names are handed in too, unless an update
/// with gradient 0 changes nothing.
/// </summary>
internal sealed unsafe class EmbeddingGradientStep : PlanStep
{
    private readonly PlanBuffer _dy;
    private readonly int _pixelStride;
    private readonly int _count;
    private readonly Parameter _table;
    private readonly ParameterUpdates _updates;
    private readonly EmbeddingBuckets _buckets;
    private readonly int _stride;
    private readonly int _rows;
    private readonly int _firstPiece;

    /// <param name="pixelStride">Floats from one looked-up row to the next in dy.</param>
    public EmbeddingGradientStep(PlanBuffer dy, int pixelStride, int length, Parameter table, PlanBuffer tableBuffer, ParameterUpdates updates, EmbeddingBuckets buckets, PlanBuffer sorted)
    {
        (_dy, _pixelStride, _table, _updates, _buckets) = (dy, pixelStride, table, updates, buckets);
        (_stride, _rows, _count) = (Padding.Up(length), table.Shape[0], buckets.Row.Length / dy.Rows);
        Reads = [new(dy, Access.All), new(sorted, Access.All)];
        Writes = [new(updates.Written(table, tableBuffer), Access.All)];
        _firstPiece = updates.Pieces.Count;
        for (int part = 0; part < buckets.Parts; part++)
            updates.Register(table, (long)part * EmbeddingBuckets.RowsPerPart * _stride, (long)RowsOf(part) * _stride);
    }

    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; }

    public override IReadOnlyList<Touch> Writes { get; }

    public override int Tasks => _buckets.Parts;

    public override double Cost => _dy.Length + (_table.Length * (_updates.SkipsZeros(_table) ? 0.01 : 2.0));

    public override int ScratchLength => EmbeddingBuckets.RowsPerPart * _stride;

    public override void Run(in Block block, StepContext context)
    {
        float* gradient = context.Scratch(block.Rank);
        bool skips = _updates.SkipsZeros(_table);
        for (int part = block.Start; part < block.End; part++)
        {
            int begin = _buckets.Begin[part], end = _buckets.Begin[part + 1];
            if (begin == end && skips)
            {
                _updates.Skip(_firstPiece + part);
                continue;
            }

            new Span<float>(gradient, RowsOf(part) * _stride).Clear();
            for (int k = begin; k < end; k++)
            {
                int place = _buckets.Order[k];
                float* from = _dy.Row(place / _count) + ((long)(place % _count) * _pixelStride), to = gradient + ((_buckets.Row[place] % EmbeddingBuckets.RowsPerPart) * _stride);
                for (int c = 0; c < _table.Shape[1]; c++) to[c] += from[c];
            }

            _updates.HandIn(_firstPiece + part, gradient, context);
        }
    }

    public override string ToString() => $"{_table.Layer} table'";

    private int RowsOf(int part) => Math.Min(EmbeddingBuckets.RowsPerPart, _rows - (part * EmbeddingBuckets.RowsPerPart));
}
