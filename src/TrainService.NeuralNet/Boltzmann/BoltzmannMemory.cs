using TrainService.NeuralNet.State;
using TrainService.Tensors.Memory;

namespace TrainService.NeuralNet.Boltzmann;

/// <summary>What a machine's training remembers beside weights and slots: the chains of persistent contrastive divergence, and the units' mean activity.</summary>
internal sealed class BoltzmannMemory : IDisposable
{
    private readonly Arena _chains, _activity;
    private readonly int _stride, _units, _rows;

    public BoltzmannMemory(BoltzmannOptions options, int units)
    {
        (_units, _stride, _rows) = (units, Padding.Up(units), options.Persistent ? options.BatchSize : 0);
        _chains = new Arena(Math.Max(Padding.Width, (long)_rows * _stride));
        _activity = new Arena(_stride);
        _activity.Span(0, units).Fill((float)options.SparsityTarget);
    }

    /// <summary>The chains have begun.</summary>
    public bool HasChains { get; set; }

    /// <summary>Hidden units of one chain, padded.</summary>
    public Span<float> Chain(int row) => _chains.Span((long)row * _stride, _stride);

    /// <summary>Running mean of each hidden unit's probability.</summary>
    public Span<float> Activity => _activity.Span(0, _units);

    /// <summary>Chains, one after the other, as far as there are any, without padding.</summary>
    public int ChainLength => _rows * _units;

    public void ReadChains(Span<float> values)
    {
        for (int r = 0; r < _rows; r++) Chain(r)[.._units].CopyTo(values[(r * _units)..]);
    }

    public void WriteChains(ReadOnlySpan<float> values)
    {
        for (int r = 0; r < _rows; r++) values.Slice(r * _units, _units).CopyTo(Chain(r));
    }

    public void Dispose()
    {
        _chains.Dispose();
        _activity.Dispose();
    }
}
