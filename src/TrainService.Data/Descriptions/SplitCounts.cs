namespace TrainService.Data.Descriptions;

/// <summary>Rows of each split; null for a split that a dataset does not have.</summary>
public sealed record SplitCounts(int Train, int? Validation = null, int? Test = null);
