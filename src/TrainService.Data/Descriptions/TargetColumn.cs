namespace TrainService.Data.Descriptions;

/// <summary>What one number of a row of targets may be, over the rows of every part: whether it could be the number of a class, and of how many.</summary>
/// <param name="Whole">There is no fraction among them.</param>
public sealed record TargetColumn(double Minimum, double Maximum, bool Whole)
{
    /// <summary>What holds of both.</summary>
    public TargetColumn And(TargetColumn other) => new(Math.Min(Minimum, other.Minimum), Math.Max(Maximum, other.Maximum), Whole && other.Whole);
}
