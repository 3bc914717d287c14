namespace TrainService.Training.Running.Feeding;

/// <summary>Places for rows that are made ahead. Row number n stands at n mod length; who claims it first makes it.</summary>
internal sealed class RowRing
{
    private readonly float[][] _inputs, _targets;

    /// <summary>The last row that was claimed for, or is ready at, each place, plus one; 0 for none.</summary>
    private readonly long[] _claimed, _ready;

    public RowRing(int length, int inputLength, int targetLength)
    {
        Length = length;
        _inputs = [.. Enumerable.Range(0, length).Select(_ => GC.AllocateUninitializedArray<float>(inputLength))];
        _targets = [.. Enumerable.Range(0, length).Select(_ => new float[targetLength])];
        (_claimed, _ready) = (new long[length], new long[length]);
    }

    public int Length { get; }

    public int PlaceOf(long row) => (int)(row % Length);

    public Span<float> Input(int place) => _inputs[place];

    public Span<float> Target(int place) => _targets[place];

    public bool IsReady(long row) => Volatile.Read(ref _ready[PlaceOf(row)]) == row + 1;

    /// <summary>True for the one who is to make it. Only to be called when the row before it at the same place is not read any more.</summary>
    public bool TryClaim(long row)
    {
        ref long claimed = ref _claimed[PlaceOf(row)];
        long last = Volatile.Read(ref claimed);
        return last <= row && Interlocked.CompareExchange(ref claimed, row + 1, last) == last;
    }

    public void Publish(long row) => Volatile.Write(ref _ready[PlaceOf(row)], row + 1);

    /// <summary>Forgets all rows; nobody may be at work.</summary>
    public void Clear()
    {
        Array.Clear(_claimed);
        Array.Clear(_ready);
    }
}
