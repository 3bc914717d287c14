using System.Text.Json;

namespace TrainService.Contracts.Datasets;

/// <summary>Some rows of a dataset, in the form that predict takes.</summary>
/// <param name="Split"><c>train</c>, <c>validation</c> or <c>test</c>.</param>
/// <param name="Count">Rows in this part.</param>
public sealed record DatasetPreviewResource(string Dataset, string Split, int Count, IReadOnlyList<DatasetRowResource> Rows);

/// <param name="Row">From 0.</param>
/// <param name="Input">Nested lists of numbers; for a table an object of named values.</param>
/// <param name="Target">The class's index, the number or the list of numbers to predict; null where nothing is labelled.</param>
/// <param name="Class">The class's name, when it has one.</param>
public sealed record DatasetRowResource(int Row, JsonElement Input, JsonElement Target, string? Class);
