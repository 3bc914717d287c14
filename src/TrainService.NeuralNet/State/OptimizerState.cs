using TrainService.NeuralNet.Optimizers;
using TrainService.Tensors.Memory;

namespace TrainService.NeuralNet.State;

/// <summary>The optimizer's slots: one array for each, laid out as the block of what can be learned.</summary>
public sealed unsafe class OptimizerState : IDisposable
{
    private readonly Arena[] _slots;

    public OptimizerState(NetworkState state, Optimizer optimizer)
    {
        _slots = [.. optimizer.Slots.Select(_ => new Arena(Math.Max(state.TrainableLength, Padding.Width)))];
        for (int i = 0; i < _slots.Length; i++)
            foreach (Parameter p in state.Parameters.Where(p => p.Spec.Trainable))
                _slots[i].Span(p.Offset, checked((int)p.Length)).Fill(optimizer.SlotStart(i));
        Tensors =
        [
            .. optimizer.Slots.SelectMany((slot, i) => state.Parameters.Where(p => p.Spec.Trainable)
                .Select(p => new SlotTensor($"{slot}/{p.Name}", p, (nint)_slots[i].At(p.Offset)))),
        ];
    }

    /// <summary>Every slot of every parameter, named "slot/layer/role".</summary>
    public IReadOnlyList<SlotTensor> Tensors { get; }

    internal int Count => _slots.Length;

    internal float* Slot(int index) => _slots[index].At(0);

    public void Dispose()
    {
        foreach (Arena slot in _slots) slot.Dispose();
    }
}

/// <summary>One slot of one parameter, read and written in the parameter's canonical layout.</summary>
public sealed unsafe class SlotTensor
{
    private readonly nint _values;

    internal SlotTensor(string name, Parameter parameter, nint values)
    {
        Name = name;
        Parameter = parameter;
        _values = values;
    }

    public string Name { get; }

    public Parameter Parameter { get; }

    public void Read(Span<float> canonical)
    {
        Parameter.CheckLength(canonical.Length);
        Parameter.Spec.Layout.Read(Parameter.Shape, (float*)_values, canonical);
    }

    public void Write(ReadOnlySpan<float> canonical)
    {
        Parameter.CheckLength(canonical.Length);
        Parameter.Spec.Layout.Write(Parameter.Shape, canonical, (float*)_values);
    }
}
