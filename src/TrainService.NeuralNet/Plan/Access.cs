namespace TrainService.NeuralNet.Plan;

/// <summary>How a step's work is cut into blocks that may run on any thread in any order.</summary>
[Flags]
public enum Domains
{
    /// <summary>By ranges of samples.</summary>
    Rows = 1,

    /// <summary>By ranges of 16-column panels of the buffer that it writes, all samples each.</summary>
    Columns = 2,

    /// <summary>By tasks of its own.</summary>
    Own = 4,
}

/// <summary>What a block touches of a buffer.</summary>
public enum Access
{
    /// <summary>What the block's own rows or columns are.</summary>
    Aligned,

    /// <summary>Only the block's own rows, but aligned only when the step is cut by rows (a product reads whole rows).</summary>
    RowsOnly,

    /// <summary>Anything.</summary>
    All,
}

/// <param name="Buffer">What is touched.</param>
/// <param name="Access">How much of it a block touches.</param>
public readonly record struct Touch(PlanBuffer Buffer, Access Access);
