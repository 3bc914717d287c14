namespace TrainService.Data.Pictures;

/// <summary>A file is no picture that can be read; the message says why, fit for the one who sent it.</summary>
public sealed class PictureException(string message) : Exception(message);
