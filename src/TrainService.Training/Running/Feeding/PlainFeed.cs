using TrainService.Data;
using TrainService.Tensors;

namespace TrainService.Training.Running.Feeding;

/// <summary>The training rows as they are, in each epoch's order.</summary>
internal sealed class PlainFeed(Split train, ReadOnlyMemory<float> weights, EpochOrder order) : BatchFeed
{
    private int[] _rows = [];
    private int _epoch = -1;

    public override RowSource Inputs => train.Inputs;

    public override RowSource Targets => train.Targets;

    public override ReadOnlyMemory<float> Weights => weights;

    public override ReadOnlySpan<int> Take(int epoch, int begin, int count)
    {
        if (epoch != _epoch)
        {
            (_epoch, _rows) = (epoch, order.Of(epoch));
            train.Inputs.BeginEpoch(epoch);
            train.Targets.BeginEpoch(epoch);
        }

        return _rows.AsSpan(begin, count);
    }
}
