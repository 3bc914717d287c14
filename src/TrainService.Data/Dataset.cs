using TrainService.Data.Descriptions;

namespace TrainService.Data;

/// <summary>
/// An open dataset, immutable. A table's inputs hold one number for every column, labels too, in the order of the file
/// (a categorical value as its index); which of them are features is chosen when a request is prepared.
/// Nothing needs closing: files stay mapped for as long as something refers to their rows.
/// </summary>
public sealed record Dataset(DatasetDescription Description, Split Train, Split? Validation, Split? Test);
