namespace TrainService.Data.Descriptions;

/// <summary>What a dataset's inputs are.</summary>
public enum DatasetKind
{
    /// <summary>Pictures: [height, width] or [height, width, channels].</summary>
    Images,

    /// <summary>Named columns, numeric or categorical.</summary>
    Table,

    /// <summary>Arrays of any shape.</summary>
    Arrays,

    /// <summary>Made by a formula.</summary>
    Synthetic,
}

/// <summary>What is to be predicted.</summary>
public enum TargetKind
{
    /// <summary>One of several classes; a row is one number, the class's index.</summary>
    Class,

    /// <summary>One number a row.</summary>
    Number,

    /// <summary>Several numbers a row.</summary>
    Vector,

    /// <summary>Nothing is labelled: what is to be predicted are the inputs themselves, as the network gets them.</summary>
    Inputs,
}

/// <summary>What a column of a table holds.</summary>
public enum ColumnType
{
    Numeric,

    /// <summary>
    /// One of a known list of words; as an input it becomes one number for each of them, 1 for the one that is there and 0 for the others.
    /// </summary>
    Categorical,
}
