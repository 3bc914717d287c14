using System.Numerics.Tensors;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.Regularizers;
using TrainService.NeuralNet.State;
using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Kernels.Updates;
using TrainService.Tensors.Memory;

namespace TrainService.NeuralNet.Plan;

/// <summary>
/// Where gradients of parameters go. In the plain case each piece is applied as soon as it is computed and never reaches memory. When something
/// needs the whole gradient first (clipping by norm), pieces are gathered in a gradient block, and steps at the end of the plan do the rest. The
/// gradient of a parameter that several layers share is gathered always: each adds its part.
/// </summary>
public sealed unsafe class ParameterUpdates
{
    /// <summary>Floats of a piece of a gathered gradient: with weights and slots it stays in the first-level cache.</summary>
    private const long GatheredPiece = 2048;

    private readonly Optimizer _optimizer;
    private readonly OptimizerState _slots;
    private readonly Arena? _gradients;
    private readonly Dictionary<Parameter, PlanBuffer> _buffers = [];
    private readonly List<UpdatePiece> _pieces = [];
    private PlainPiece[]? _plain;
    private readonly bool[] _decays;
    private double[] _penalties = [];
    private double[] _wholePenalties = [];

    /// <param name="gradients">The gradient block, as long as the block of what can be learned; null when <see cref="NeedsGradientBlock"/> says no.</param>
    public ParameterUpdates(NetworkState state, Optimizer optimizer, OptimizerState slots, Arena? gradients)
    {
        State = state;
        _optimizer = optimizer;
        _slots = slots;
        _gradients = gradients;
        _decays = [.. state.Parameters.Select(p => optimizer.Settings.Decays(p.Layer, p.Spec.Name))];
    }

    public NetworkState State { get; }

    /// <summary>True when pieces are applied as they come.</summary>
    public bool Immediate => _optimizer is { ClipNorm: null, GlobalClipNorm: null };

    /// <summary>True when some gradient must be whole in memory before it is used.</summary>
    public static bool NeedsGradientBlock(NetworkState state, Optimizer optimizer)
        => optimizer.ClipNorm is not null || optimizer.GlobalClipNorm is not null || state.Parameters.Any(p => p is { Trainable: true, Gathered: true });

    /// <summary>What the optimizer is asked to clip by.</summary>
    internal Optimizer Optimizer => _optimizer;

    internal IReadOnlyList<UpdatePiece> Pieces => _pieces;

    /// <summary>Sum of squares of each piece's gradient, when the step gathers norms.</summary>
    internal double[] SquareSums { get; private set; } = [];

    /// <summary>What each parameter's gradient is scaled by; 1 unless clipped.</summary>
    internal float[] Factors { get; private set; } = [];

    /// <summary>Announces a piece of a parameter that a step will hand in; returns its number.</summary>
    internal int Register(Parameter parameter, long offset, long length)
    {
        PieceUse use = !parameter.Gathered ? PieceUse.Whole
            : _pieces.Exists(p => p.Parameter == parameter && p.Offset < offset + length && offset < p.Offset + p.Length) ? PieceUse.Added : PieceUse.Stored;
        _pieces.Add(new UpdatePiece(parameter, offset, checked((int)length), use));
        return _pieces.Count - 1;
    }

    /// <summary>What a step that hands in pieces of this parameter writes: the parameter itself, or its gradient.</summary>
    internal PlanBuffer Written(Parameter parameter, PlanBuffer parameterBuffer)
    {
        if (Immediate && !parameter.Gathered) return parameterBuffer;
        if (!_buffers.TryGetValue(parameter, out PlanBuffer? buffer))
            _buffers[parameter] = buffer = new PlanBuffer($"d {parameter.Name}", 1, parameter.Length) { Pointer = _gradients!.At(parameter.Offset) };
        return buffer;
    }

    /// <summary>Takes the gradient of one piece.</summary>
    internal void HandIn(int piece, float* gradient, StepContext context)
    {
        if (context.Rejected) return;
        if (_plain is not null && !context.WantNorms && context.Decay == 0 && _plain[piece].Length > 0)
        {
            _plain[piece].Apply(_optimizer, context.Scalars, gradient);
            return;
        }

        UpdatePiece p = _pieces[piece];
        Span<float> values = new(gradient, p.Length);
        if (p.Use == PieceUse.Whole)
        {
            Take(piece, values, context);
            return;
        }

        Span<float> gathered = Gathered(p);
        if (p.Use == PieceUse.Added) TensorPrimitives.Add(gathered, values, gathered);
        else values.CopyTo(gathered);
    }

    /// <summary>
    /// Updates neighbouring panels' pieces by the product that is their gradient, which then never leaves the registers; false when something
    /// else than the optimizer's rule wants to see it, or the product is too deep: then it has to be handed in.
    /// </summary>
    /// <param name="piece">Of the first panel.</param>
    /// <param name="panel">Floats of the parameter from a panel to the next.</param>
    internal bool TryMultiply(int piece, int rows, int panels, nint panel, int depth, in LeftOperand a, in PanelOperand b, StepContext context)
    {
        if (_plain is null || context.WantNorms || context.Decay != 0 || depth > UpdateProduct.MostDepth || _plain[piece].Length == 0) return false;
        if (!context.Rejected) _plain[piece].Multiply(_optimizer, context.Scalars, rows, panels, panel, depth, a, b);
        return true;
    }

    /// <summary>True when an update by a gradient 0 would leave this parameter and its slots as they are: such pieces may be skipped.</summary>
    internal bool SkipsZeros(Parameter parameter) => Immediate && !parameter.Gathered && parameter.Spec.Regularizer is null && _optimizer.LeavesZeros
        && _optimizer.Settings is { WeightDecay: null or 0, Average: null, AccumulationSteps: 1 } && _slots.Mask(parameter.Offset, 1).IsEmpty;

    /// <summary>In place of a piece whose gradient is 0.</summary>
    internal void Skip(int piece) => SquareSums[piece] = 0;

    /// <summary>Takes a piece of a gradient that several steps have gathered.</summary>
    internal void Finish(int piece, StepContext context)
    {
        if (!context.Rejected) Take(piece, Gathered(_pieces[piece]), context);
    }

    private Span<float> Gathered(in UpdatePiece p) => new(_gradients!.At(p.Parameter.Offset + p.Offset), p.Length);

    private void Take(int piece, Span<float> values, StepContext context)
    {
        UpdatePiece p = _pieces[piece];
        if (p.Parameter.Spec.Regularizer is { } regularizer and not WholeRegularizer)
        {
            ReadOnlySpan<float> weights = new(p.Parameter.Values + p.Offset, p.Length);
            _penalties[piece] = regularizer.Penalty(weights);
            regularizer.AddGradient(weights, 1f, values);
        }

        if (!Accumulate(p, values, context)) return;
        if (context.WantNorms || !Immediate) SquareSums[piece] = Elementwise.SumOfSquares(values);
        if (Immediate) Apply(p, values, context);
        else if (!p.Parameter.Gathered) values.CopyTo(Gathered(p));
    }

    /// <summary>Applies a gathered piece.</summary>
    internal void ApplyGathered(int piece, StepContext context)
    {
        if (context.Rejected || !context.Updates) return;
        UpdatePiece p = _pieces[piece];
        if (p.Use != PieceUse.Whole) return;
        Span<float> gradient = Gathered(p);
        float factor = Factors[p.Parameter.Index];
        if (factor != 1f) TensorPrimitives.Multiply(gradient, factor, gradient);
        Apply(p, gradient, context);
    }

    internal void AddFinalSteps(PlanBuilder plan)
    {
        AddGathered(plan);
        FindPlainPieces();
        SquareSums = new double[_pieces.Count];
        _penalties = new double[_pieces.Count];
        Factors = new float[State.Parameters.Count];
        Array.Fill(Factors, 1f);
        if (!Immediate)
        {
            PlanBuffer factors = new("clipping factors", 1, 16);
            plan.Add(new ClipStep(this, [.. _buffers.Values], factors));
            plan.Add(new ApplyStep(this, factors, [.. _buffers.Keys.Select(plan.BufferOf)]));
        }

        foreach (Parameter p in _pieces.Select(p => p.Parameter).Distinct())
            if (p.Spec.Constraint is { } constraint)
                plan.Add(new ConstraintStep(p, constraint, plan.BufferOf(p)));
    }

    /// <summary>Works out once where pieces lie that nothing but the update rule touches: looking all of that up costs a tenth of a small update.</summary>
    private void FindPlainPieces()
    {
        OptimizerSettings settings = _optimizer.Settings;
        if (!Immediate || settings.ClipValue is not null || settings.AccumulationSteps > 1) return;
        _plain = new PlainPiece[_pieces.Count];
        for (int i = 0; i < _plain.Length; i++)
        {
            UpdatePiece p = _pieces[i];
            long at = p.Parameter.Offset + p.Offset;
            if (p.Use != PieceUse.Whole || p.Parameter.Spec.Regularizer is not null || !_slots.Mask(at, p.Length).IsEmpty || !_slots.Average(at, p.Length).IsEmpty) continue;
            _plain[i] = new PlainPiece(State.Trainable + at, _slots.Address(0, at), _slots.Address(1, at), _slots.Address(2, at), p.Length);
        }
    }

    private void AddGathered(PlanBuilder plan)
    {
        Parameter[] gathered = [.. _pieces.Select(p => p.Parameter).Where(p => p.Gathered).Distinct()];
        Parameter[] penalized = [.. gathered.Where(p => p.Spec.Regularizer is WholeRegularizer)];
        _wholePenalties = new double[penalized.Length];
        for (int i = 0; i < penalized.Length; i++)
            plan.Add(new WholePenaltyStep(penalized[i], (WholeRegularizer)penalized[i].Spec.Regularizer!, plan.BufferOf(penalized[i]), _buffers[penalized[i]], _wholePenalties, i));
        foreach (Parameter p in gathered)
        {
            int first = _pieces.Count;
            for (long at = 0; at < p.Length; at += GatheredPiece)
                _pieces.Add(new UpdatePiece(p, at, (int)Math.Min(GatheredPiece, p.Length - at), PieceUse.Whole));
            plan.Add(new FinishGradientStep(this, p, first, _pieces.Count - first, _buffers[p], Immediate ? plan.BufferOf(p) : _buffers[p]));
        }
    }

    /// <summary>The penalties of all weights in the last step's loss, taken before its update.</summary>
    internal double Penalty()
    {
        double sum = 0;
        foreach (double penalty in _penalties) sum += penalty;
        foreach (double penalty in _wholePenalties) sum += penalty;
        return sum;
    }

    /// <summary>Adds each piece's square sum to its parameter's place, of the last step that gathered norms.</summary>
    /// <param name="byParameter">As long as the network has parameters.</param>
    internal void AddSquares(Span<double> byParameter)
    {
        for (int i = 0; i < _pieces.Count; i++) byParameter[_pieces[i].Parameter.Index] += SquareSums[i];
    }

    /// <summary>Norm of all gradients together, of the last step that gathered norms.</summary>
    internal double GlobalNorm()
    {
        double sum = 0;
        foreach (double square in SquareSums) sum += square;
        return Math.Sqrt(sum);
    }

    /// <summary>Adds a batch's gradient to what was gathered since the last update; with the last batch of a group, makes the mean of it.</summary>
    /// <returns>False when the weights are left for later batches to update.</returns>
    private bool Accumulate(UpdatePiece piece, Span<float> gradient, StepContext context)
    {
        int steps = _optimizer.Settings.AccumulationSteps;
        if (steps == 1) return true;
        long at = piece.Parameter.Offset + piece.Offset;
        Span<float> gathered = _slots.Accumulated(at, piece.Length);
        if (context.Updates)
        {
            TensorPrimitives.Add(gradient, gathered, gradient);
            TensorPrimitives.Divide(gradient, steps, gradient);
            gathered.Clear();
            return true;
        }

        TensorPrimitives.Add(gradient, gathered, gathered);
        MoveAverage(at, new Span<float>(State.Trainable + at, piece.Length), context);
        return false;
    }

    private void Apply(UpdatePiece piece, Span<float> gradient, StepContext context)
    {
        long at = piece.Parameter.Offset + piece.Offset;
        Span<float> weights = new(State.Trainable + at, piece.Length);
        if (_optimizer.ClipValue is { } limit) TensorPrimitives.Clamp(gradient, (float)-limit, (float)limit, gradient);
        if (context.Decay != 0 && _decays[piece.Parameter.Index]) TensorPrimitives.Multiply(weights, 1 - context.Decay, weights);
        _optimizer.Update(context.Scalars, weights, gradient, _slots.Slot(0, at, piece.Length), _slots.Slot(1, at, piece.Length), _slots.Slot(2, at, piece.Length));
        Span<float> mask = _slots.Mask(at, piece.Length);
        if (!mask.IsEmpty) TensorPrimitives.Multiply(weights, mask, weights);
        MoveAverage(at, weights, context);
    }

    private void MoveAverage(long at, Span<float> weights, StepContext context)
    {
        Span<float> average = _slots.Average(at, weights.Length);
        if (average.IsEmpty) return;
        MovingAverage.Move(context.AverageKept, weights, average);
        if (context.TakesAverage) average.CopyTo(weights);
    }
}

/// <summary>Where a piece lies whose gradient is applied as it is, to weights that go through nothing else; of length 0 for all others.</summary>
internal readonly unsafe struct PlainPiece(float* weights, float* slot0, float* slot1, float* slot2, int length)
{
    public int Length => length;

    public void Apply(Optimizer optimizer, in UpdateScalars scalars, float* gradient)
        => optimizer.Update(scalars, new(weights, length), new(gradient, length), Part(slot0), Part(slot1), Part(slot2));

    public void Multiply(Optimizer optimizer, in UpdateScalars scalars, int rows, int panels, nint panel, int depth, in LeftOperand a, in PanelOperand b)
        => optimizer.UpdateByProduct(SimdPaths.Best, scalars, rows, panels, depth, a, b, new UpdateTarget(weights, slot0, slot1, slot2, panel));

    private Span<float> Part(float* slot) => new(slot, slot == null ? 0 : length);
}

/// <summary>A contiguous part of a parameter whose gradient one block of a step computes. Fixed by shapes alone.</summary>
internal readonly record struct UpdatePiece(Parameter Parameter, long Offset, int Length, PieceUse Use);

/// <summary>What becomes of a piece that a step hands in.</summary>
internal enum PieceUse
{
    /// <summary>It is the gradient of its numbers.</summary>
    Whole,

    /// <summary>It is the first part of that gradient: kept.</summary>
    Stored,

    /// <summary>It is a further part: added to what is kept.</summary>
    Added,
}
