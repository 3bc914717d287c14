using TrainService.Tensors;
using TrainService.Tensors.Memory;

namespace TrainService.NeuralNet.Plan.Inference;

/// <summary>
/// What the fixed part of a network gives for rows of a source, kept from epoch to epoch as far as memory is granted. Any number of threads may look
/// up and add rows at the same time.
/// </summary>
/// <param name="length">Floats of a row.</param>
/// <param name="most">Bytes that it may take.</param>
internal sealed unsafe class FeatureStore(long length, long most) : IDisposable
{
    /// <summary>Floats that are asked of the system at a time: 8 MB.</summary>
    private const long ChunkLength = 2 << 20;

    private readonly List<Arena> _chunks = [];
    private readonly int _rowsOfChunk = (int)Math.Clamp(ChunkLength / Math.Max(1, length), 1, 1 << 20);
    private RowSource? _source;
    private long _revision;
    private int[] _slots = [];
    private int _used;
    private int _room;

    /// <summary>Rows that are kept.</summary>
    public int Count => Math.Min(_used, _room);

    /// <summary>To be called by one thread before rows are looked up: makes room, and forgets everything when the source or the parameters are others.</summary>
    /// <param name="rows">How many may be added until the next call.</param>
    public void Prepare(RowSource source, long revision, int rows)
    {
        if (source.Varies)
        {
            // A row is never the same twice.
            (_source, _room, _used) = (null, 0, 0);
            return;
        }

        if (!ReferenceEquals(source, _source) || revision != _revision)
        {
            if (_slots.Length != source.Count) _slots = new int[source.Count];
            Array.Fill(_slots, -1);
            (_source, _revision, _used) = (source, revision, 0);
        }

        _used = Count;
        int wanted = (int)Math.Min(source.Count, Math.Min(most / (4 * Math.Max(1, length)), (long)_used + rows));
        while (_room < wanted)
        {
            if ((_room + _rowsOfChunk) * length * sizeof(float) > most && _chunks.Count > 0) break;
            if (_chunks.Count * _rowsOfChunk <= _room) _chunks.Add(new Arena(_rowsOfChunk * length));
            _room += _rowsOfChunk;
        }
    }

    /// <summary>The kept row, or null.</summary>
    public float* Find(int row)
    {
        if (_source is null) return null;
        int slot = Volatile.Read(ref _slots[row]);
        return slot < 0 ? null : At(slot);
    }

    /// <summary>A place for a row that is about to be kept, or null when there is no more; <see cref="Publish"/> it when it is filled.</summary>
    public float* Reserve(out int slot)
    {
        slot = _source is null ? int.MaxValue : Interlocked.Increment(ref _used) - 1;
        return slot < _room ? At(slot) : null;
    }

    public void Publish(int row, int slot) => Volatile.Write(ref _slots[row], slot);

    public void Dispose()
    {
        foreach (Arena chunk in _chunks) chunk.Dispose();
    }

    private float* At(int slot) => _chunks[slot / _rowsOfChunk].At(slot % _rowsOfChunk * length);
}
