using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Memory;
using TrainService.Tensors.Threading;

namespace TrainService.Benchmarks.Kernels;

/// <summary>What a product is for: how its factors lie in memory.</summary>
internal enum ProductRole
{
    /// <summary>Y [rows, n] = X [rows, k] · W, where W is kept in panels.</summary>
    Forward,

    /// <summary>dX [rows, n] = dY [rows, k] · Wᵀ in panels: the same as forward.</summary>
    InputGradient,

    /// <summary>dW [rows, n] in panels = Xᵀ · dY, where both lie row by row and k is the batch.</summary>
    WeightGradient,
}

/// <summary>One product of a benchmark, with its memory, cut into tasks for a team.</summary>
internal sealed unsafe class ProductShape : Phase, IDisposable
{
    private readonly SimdPath _path;
    private readonly ProductRole _role;
    private readonly int _rows, _depth, _panels, _tasks;
    private readonly Arena _arena;
    private readonly float* _a, _b, _c;

    public ProductShape(SimdPath path, ProductRole role, int rows, int depth, int columns, int threads)
    {
        (_path, _role, _rows, _depth, _panels) = (path, role, rows, depth, Panels.Count(columns));
        _tasks = threads == 1 ? 1 : Math.Min(threads * 4, _panels / 2);
        Flops = 2.0 * rows * depth * columns;
        long a = (long)rows * depth, b = (long)depth * _panels * Panels.Width, c = (long)rows * _panels * Panels.Width;
        _arena = new Arena(a + b + c + 48);
        _a = _arena.At(0);
        _b = _a + (a + 15) / 16 * 16;
        _c = _b + b;
        var random = new Random(1);
        for (long i = 0; i < _arena.Length; i++) _a[i] = random.NextSingle() - 0.5f;
    }

    public double Flops { get; }

    public override int Tasks => _tasks;

    public override void Run(int task, int rank)
    {
        int from = _panels * task / _tasks, count = _panels * (task + 1) / _tasks - from, columns = _panels * Panels.Width;
        LeftOperand a = _role == ProductRole.WeightGradient ? LeftOperand.Transposed(_a, _rows) : LeftOperand.RowMajor(_a, _depth);
        PanelOperand b = _role == ProductRole.WeightGradient
            ? PanelOperand.RowMajor(_b + from * Panels.Width, columns)
            : PanelOperand.Packed(_b + (nint)from * _depth * Panels.Width, _depth);
        ProductOutput c = _role == ProductRole.WeightGradient
            ? ProductOutput.Packed(_c + (nint)from * _rows * Panels.Width, _rows)
            : ProductOutput.RowMajor(_c + from * Panels.Width, columns);
        TileProduct.Run(_path, _rows, count, _depth, a, b, c, bias: null, accumulate: false);
    }

    public void Dispose() => _arena.Dispose();
}
