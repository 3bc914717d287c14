namespace TrainService.NeuralNet.State;

/// <summary>Counts how often the parameters of a state were set from outside; shared with its views.</summary>
internal sealed class RevisionCounter
{
    private long _value;
    private long _steps;

    public long Value => Interlocked.Read(ref _value);

    /// <summary>Training steps on the parameters.</summary>
    public long Steps => Interlocked.Read(ref _steps);

    public void AddStep() => Interlocked.Increment(ref _steps);

    public void Add() => Interlocked.Increment(ref _value);
}
