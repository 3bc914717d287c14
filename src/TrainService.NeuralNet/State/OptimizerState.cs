using TrainService.NeuralNet.Optimizers;
using TrainService.Tensors.Memory;

namespace TrainService.NeuralNet.State;

/// <summary>
/// Arrays laid out as the block of what can be learned: the optimizer's slots, then, where they are asked for, the moving average of the weights, the
/// gradient gathered so far and the masks of pruning. All of them are part of the training's state.
/// </summary>
public sealed unsafe class OptimizerState : IDisposable
{
    private const string AverageName = "average", AccumulatedName = "gradient_accumulator", MaskName = "mask";

    private readonly Arena[] _slots;
    private readonly Arena? _average, _accumulated, _masks;

    /// <param name="prunes">Masks are kept too.</param>
    public OptimizerState(NetworkState state, Optimizer optimizer, bool prunes = false)
    {
        List<SlotTensor> tensors = [];
        _slots = [.. optimizer.Slots.Select((name, i) => Make(name, optimizer.SlotStart(i)))];
        if (optimizer.Settings.Average is not null) _average = Make(AverageName, 0f);
        if (optimizer.Settings.AccumulationSteps > 1) _accumulated = Make(AccumulatedName, 0f);
        int masks = tensors.Count;
        if (prunes) _masks = Make(MaskName, 1f);
        Tensors = tensors;
        Masks = tensors[masks..];

        Arena Make(string name, float start)
        {
            var arena = new Arena(Math.Max(state.TrainableLength, Padding.Width));
            foreach (Parameter p in state.Parameters.Where(p => p.Spec.Trainable && !p.Lent))
            {
                arena.Span(p.Offset, checked((int)p.Length)).Fill(start);
                tensors.Add(new SlotTensor($"{name}/{p.Name}", p, (nint)arena.At(p.Offset)));
            }

            return arena;
        }
    }

    /// <summary>Every array of every parameter, named "slot/layer/role".</summary>
    public IReadOnlyList<SlotTensor> Tensors { get; }

    /// <summary>Those of pruning: 1 for weights that stay, 0 for those that are gone. Empty when nothing is pruned.</summary>
    public IReadOnlyList<SlotTensor> Masks { get; }

    /// <summary>Arrays that training with this optimizer keeps beside the weights.</summary>
    public static int CountFor(Optimizer optimizer, bool prunes)
        => optimizer.Slots.Count + (optimizer.Settings.Average is null ? 0 : 1) + (optimizer.Settings.AccumulationSteps > 1 ? 1 : 0) + (prunes ? 1 : 0);

    internal Span<float> Slot(int index, long at, int length) => index < _slots.Length ? _slots[index].Span(at, length) : default;

    /// <summary>Null when there is no such slot.</summary>
    internal float* Address(int slot, long at) => slot < _slots.Length ? _slots[slot].At(at) : null;

    /// <summary>The moving average of the weights; empty when none is kept.</summary>
    internal Span<float> Average(long at, int length) => Part(_average, at, length);

    /// <summary>Sum of the gradients since the last update; empty when each batch makes one.</summary>
    internal Span<float> Accumulated(long at, int length) => Part(_accumulated, at, length);

    internal Span<float> Mask(long at, int length) => Part(_masks, at, length);

    /// <summary>
    /// Goes on from another training of the same network with an equal optimizer, as far as its parameters are wanted. The others begin anew: their slots
    /// at their start, their average at the weights.
    /// </summary>
    /// <param name="wanted">Asked with the other training's parameters.</param>
    public void GoOnFrom(OptimizerState before, Func<Parameter, bool> wanted)
    {
        if (before.Tensors.Count != Tensors.Count || before._slots.Length != _slots.Length)
            throw new ArgumentException("They are of another network or optimizer.", nameof(before));
        foreach (Parameter p in Parameters(before))
        {
            bool goesOn = wanted(p);
            int length = checked((int)p.Length);
            for (int i = 0; i < _slots.Length && goesOn; i++) before.Slot(i, p.Offset, length).CopyTo(Slot(i, p.Offset, length));
            if (goesOn) before.Accumulated(p.Offset, length).CopyTo(Accumulated(p.Offset, length));
            Span<float> average = Average(p.Offset, length);
            if (average.IsEmpty) continue;
            if (goesOn) before.Average(p.Offset, length).CopyTo(average);
            else new ReadOnlySpan<float>(p.Values, length).CopyTo(average);
        }
    }

    /// <summary>What was pruned in another training of the same network stays pruned, whatever the optimizer is.</summary>
    public void TakeMasks(OptimizerState before)
    {
        foreach (Parameter p in before.Masks.Select(m => m.Parameter))
        {
            int length = checked((int)p.Length);
            before.Mask(p.Offset, length).CopyTo(Mask(p.Offset, length));
        }
    }

    public void Dispose()
    {
        foreach (Arena slot in _slots) slot.Dispose();
        _average?.Dispose();
        _accumulated?.Dispose();
        _masks?.Dispose();
    }

    private static IEnumerable<Parameter> Parameters(OptimizerState state) => state.Tensors.Select(t => t.Parameter).Distinct();

    private static Span<float> Part(Arena? arena, long at, int length) => arena is null ? default : arena.Span(at, length);
}
