namespace TrainService.NeuralNet.State;

/// <summary>Counts how often the parameters of a state were set from outside; shared with its views.</summary>
internal sealed class RevisionCounter
{
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    public void Add() => Interlocked.Increment(ref _value);
}
