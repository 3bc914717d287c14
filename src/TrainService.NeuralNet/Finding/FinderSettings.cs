namespace TrainService.NeuralNet.Finding;

/// <summary>How the learning-rate finder goes up.</summary>
/// <param name="Start">The first rate.</param>
/// <param name="End">The last one; above the first.</param>
/// <param name="Steps">Batches from the one to the other; at least 2.</param>
/// <param name="Smoothing">Share of the running mean of the loss that is kept at each step; from 0 to below 1.</param>
/// <param name="ExplodeFactor">The search ends when the smoothed loss is so many times the least one so far.</param>
public sealed record FinderSettings(double Start, double End, int Steps, double Smoothing, double ExplodeFactor)
{
    /// <summary>start · (end / start)^(step / (steps - 1)): the same factor after every batch.</summary>
    public double RateAt(int step) => Start * Math.Pow(End / Start, (double)step / (Steps - 1));
}
