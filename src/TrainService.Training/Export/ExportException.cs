namespace TrainService.Training.Export;

/// <summary>A format can't say what a model does.</summary>
public sealed class ExportException(string message) : Exception(message);
