using TrainService.Tensors.Kernels.Normalization;

namespace TrainService.NeuralNet.Plan.Steps.Convolution;

/// <summary>What a convolution reads: a value, or what a pending normalization makes of another one on the way.</summary>
internal sealed unsafe class SourceImages(Value value)
{
    /// <summary>The value that lies in memory.</summary>
    public Value Stored => value.Pending?.Source ?? value;

    public bool IsPending => value.Pending is not null;

    public IEnumerable<Touch> Reads => value.Pending?.Reads ?? [new Touch(value.Buffer, Access.RowsOnly)];

    /// <summary>The same for a step that reads all samples at once.</summary>
    public IEnumerable<Touch> ReadsAll => Reads.Select(t => t with { Access = Access.All });

    public float* Pointer => Stored.Buffer.Pointer;

    public ChannelMap Map => value.Pending?.Map ?? default;
}
