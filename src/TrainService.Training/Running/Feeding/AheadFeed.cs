using System.Diagnostics;
using TrainService.Data.Augmentation;
using TrainService.Tensors;

namespace TrainService.Training.Running.Feeding;

/// <summary>
/// Rows that are made anew for each epoch, by a thread of its own, ahead of the steps that read them. It fills a ring of places in the order in which rows
/// are needed, as long as there are places whose rows have been read. A computing thread that comes to a row that nobody has begun makes it itself, so a slow producer
/// costs no more than making rows within the step would. What is in a row does not depend on who made it. In steady state nothing is allocated.
/// </summary>
/// <remarks>
/// The producer keeps its ordinary weight in the scheduler while computing threads lower theirs: on cores that are all computing it takes what it needs, and is done
/// with a batch before the step that reads it. Places are numbered through all epochs: the row at <c>begin</c> of an epoch stands at epoch · rows + begin.
/// </remarks>
internal sealed class AheadFeed : BatchFeed
{
    private readonly AugmentedRows _rows;
    private readonly ReadOnlyMemory<float> _given;
    private readonly Func<EpochOrder> _newOrder;
    private readonly EpochOrder _order;
    private readonly RowRing _ring;
    private readonly float[] _weights;
    private readonly int[] _places;
    private readonly object _gate = new();
    private readonly AugmentationScratch?[] _scratches = new AugmentationScratch?[64];
    private int[] _epochRows = [];
    private int _epoch = -1;
    private long _base = -1, _next = -1, _lateTicks;
    private bool _waits, _stop;
    private Thread? _producer;
    private Exception? _failure;

    /// <param name="newOrder">The order of each epoch; the producer has one of its own.</param>
    /// <param name="batch">Rows of a step at most: there are places for two.</param>
    public AheadFeed(AugmentedRows rows, ReadOnlyMemory<float> weights, Func<EpochOrder> newOrder, int batch)
    {
        (_rows, _given, _newOrder, _order) = (rows, weights, newOrder, newOrder());
        _ring = new RowRing(PlacesFor(batch), rows.RowLength, rows.TargetLength);
        _places = new int[batch];
        _weights = weights.IsEmpty ? [] : new float[_ring.Length];
        (Inputs, Targets) = (new Place(this, targets: false), new Place(this, targets: true));
    }

    public override RowSource Inputs { get; }

    public override RowSource Targets { get; }

    public override ReadOnlyMemory<float> Weights => _weights;

    /// <summary>Places for rows beside those of the step that is computed: small batches are over before a thread has woken up.</summary>
    public static int PlacesFor(int batch) => Math.Max(2 * batch, batch + 32);

    public override ReadOnlySpan<int> Take(int epoch, int begin, int count)
    {
        long at = ((long)epoch * _rows.Count) + begin;
        if (at != _next) Restart(at);
        if (epoch != _epoch) (_epoch, _epochRows) = (epoch, _order.Of(epoch));
        Volatile.Write(ref _base, at);
        _next = at + count;
        for (int i = 0; i < count; i++) _places[i] = (int)((at + i) % _ring.Length);
        return _places.AsSpan(0, count);
    }

    public override void Done()
    {
        Volatile.Write(ref _base, _next);
        // Without the fence the producer could miss the new base, and this thread that it waits.
        Interlocked.MemoryBarrier();
        if (!Volatile.Read(ref _waits)) return;
        lock (_gate) Monitor.Pulse(_gate);
    }

    public override TimeSpan TakeLateTime() => Stopwatch.GetElapsedTime(0, Interlocked.Exchange(ref _lateTicks, 0));

    public override void Dispose()
    {
        base.Dispose();
        Stop();
    }

    private void Restart(long at)
    {
        Stop();
        _ring.Clear();
        (_base, _next, _stop) = (at, at, false);
        _producer = new Thread(() => Produce(at)) { IsBackground = true, Name = "augment" };
        _producer.Start();
    }

    private void Stop()
    {
        lock (_gate)
        {
            _stop = true;
            Monitor.Pulse(_gate);
        }

        _producer?.Join();
    }

    private void Produce(long at)
    {
        try
        {
            EpochOrder order = _newOrder();
            int epoch = -1;
            int[] rows = [];
            while (WaitForPlace(ref at))
            {
                if (epoch != at / _rows.Count) rows = order.Of(epoch = (int)(at / _rows.Count));
                if (_ring.TryClaim(at)) Make(at, epoch, rows[(int)(at % _rows.Count)]);
                at++;
            }
        }
        catch (Exception e) when (ReferenceEquals(e, _failure))
        {
            // Thrown where the row is needed.
        }
    }

    /// <summary>False when it is to end.</summary>
    private bool WaitForPlace(ref long at)
    {
        while (!Volatile.Read(ref _stop))
        {
            // What has been read already is not made any more.
            long read = Volatile.Read(ref _base);
            at = Math.Max(at, read);
            if (at < read + _ring.Length) return true;
            lock (_gate)
            {
                Volatile.Write(ref _waits, true);
                Interlocked.MemoryBarrier();
                if (Volatile.Read(ref _base) == read && !_stop) Monitor.Wait(_gate);
                Volatile.Write(ref _waits, false);
            }
        }

        return false;
    }

    private void Make(long at, int epoch, int row)
    {
        try
        {
            AugmentationScratch scratch = Borrow();
            int place = _ring.PlaceOf(at);
            _rows.Draw(epoch, row, _ring.Input(place), _ring.Target(place), scratch);
            if (_weights.Length > 0) _weights[place] = WeightOf(epoch, row);
            _ring.Publish(at);
            Return(scratch);
        }
        catch (Exception e)
        {
            // Thrown again by whoever waits for the row.
            Volatile.Write(ref _failure, e);
            throw;
        }
    }

    private float WeightOf(int epoch, int row)
    {
        ReadOnlySpan<float> weights = _given.Span;
        return _rows.MixingOf(epoch, row) is { } mixing ? (mixing.Share * weights[row]) + ((1 - mixing.Share) * weights[mixing.Partner]) : weights[row];
    }

    /// <summary>Waits until the row at a place is there; one that nobody has begun is made here.</summary>
    private void Obtain(int place)
    {
        long start = Volatile.Read(ref _base), at = start + ((place - (start % _ring.Length) + _ring.Length) % _ring.Length);
        if (_ring.IsReady(at)) return;
        long since = Stopwatch.GetTimestamp();
        if (_ring.TryClaim(at)) Make(at, _epoch, _epochRows[(int)(at % _rows.Count)]);
        var spin = default(SpinWait);
        while (!_ring.IsReady(at))
        {
            if (Volatile.Read(ref _failure) is { } failure) throw new InvalidOperationException($"A picture could not be changed: {failure.Message}", failure);
            spin.SpinOnce(sleep1Threshold: -1);
        }

        Interlocked.Add(ref _lateTicks, Stopwatch.GetTimestamp() - since);
    }

    private AugmentationScratch Borrow()
    {
        for (int i = 0; i < _scratches.Length; i++)
            if (_scratches[i] is not null && Interlocked.Exchange(ref _scratches[i], null) is { } free) return free;
        return _rows.NewScratch();
    }

    private void Return(AugmentationScratch scratch)
    {
        for (int i = 0; i < _scratches.Length; i++)
            if (_scratches[i] is null && Interlocked.CompareExchange(ref _scratches[i], scratch, null) is null) return;
    }

    /// <summary>The ring as a source: a row's number is its place.</summary>
    private sealed class Place(AheadFeed feed, bool targets) : RowSource
    {
        public override int Count => feed._ring.Length;

        public override int RowLength => targets ? feed._rows.TargetLength : feed._rows.RowLength;

        public override bool Varies => true;

        public override void CopyRow(int row, Span<float> destination)
        {
            feed.Obtain(row);
            (targets ? feed._ring.Target(row) : feed._ring.Input(row)).CopyTo(destination);
        }
    }
}
