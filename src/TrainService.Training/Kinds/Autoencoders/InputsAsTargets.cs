using TrainService.Data;
using TrainService.Data.Descriptions;
using TrainService.Data.Requests;
using TrainService.Tensors;

namespace TrainService.Training.Kinds.Autoencoders;

/// <summary>Data whose targets are its inputs: the same source of rows twice, nothing copied. Labels are not looked at.</summary>
internal static class InputsAsTargets
{
    public static DescribedData Of(DescribedData data) => data with
    {
        Target = new TargetDescription { Kind = TargetKind.Vector, Shape = data.InputShape },
        Dataset = data.Dataset with { Statistics = data.Dataset.Statistics is { } known ? known with { Targets = known.Inputs, ClassCounts = null } : null },
    };

    public static PreparedData Of(PreparedData data) => data with { Train = Of(data.Train)!, Validation = Of(data.Validation), Test = Of(data.Test) };

    /// <param name="inputs">In the place of the rows' own.</param>
    public static Split? Of(Split? rows, RowSource? inputs = null) => rows is null ? null : rows with { Inputs = inputs ?? rows.Inputs, Targets = inputs ?? rows.Inputs };
}
