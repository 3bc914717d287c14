namespace TrainService.Jobs.Ports;

public enum StorageFault
{
    /// <summary>No space left.</summary>
    Full,

    /// <summary>The folder, file or database can't be written.</summary>
    ReadOnly,

    /// <summary>The disk or the database server fails or does not answer.</summary>
    Unreachable,

    /// <summary>What is stored is not what was written: nothing more is written over it until somebody has looked.</summary>
    Damaged,
}

/// <summary>Nothing can be stored or read right now, through no fault of the request. What was asked for has not happened.</summary>
public sealed class StorageUnavailableException(StorageFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public StorageFault Fault { get; } = fault;
}

/// <summary>A paging cursor that no page gave out.</summary>
public sealed class InvalidCursorException(string cursor) : Exception($"'{cursor}' is not a cursor that a page gave.");
