namespace TrainService.NeuralNet.Schedules;

/// <summary>Arguments that are legal each but not together.</summary>
internal static class Conflict
{
    /// <summary>To be thrown while a component is made: the reader reports it at <paramref name="argument"/>.</summary>
    public static ArgumentException At(string argument, string message) => new(message, argument);
}
