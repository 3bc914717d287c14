using TrainService.Tensors;

namespace TrainService.NeuralNet.Plan;

/// <summary>What a layer hands on: a buffer seen as samples of a shape. Reshaping makes another value over the same buffer.</summary>
/// <param name="Buffer">A row a sample.</param>
/// <param name="Shape">Of a sample.</param>
/// <param name="ChannelStride">
/// Floats from one pixel (everything but the last axis) to the next. Images that layers make have it rounded up to 16, so that a pixel is
/// whole vectors; what lies between the channels and the stride is finite and never read as data. The network's input has it equal to its channels.
/// </param>
public sealed record Value(PlanBuffer Buffer, Shape Shape, int ChannelStride)
{
    public Value(PlanBuffer buffer, Shape shape)
        : this(buffer, shape, shape.Rank == 0 ? 1 : shape[-1])
    {
    }

    /// <summary>How to get the value, when nothing has been written into the buffer: then the buffer only stands for it, and for its gradient.</summary>
    internal PendingMap? Pending { get; init; }

    /// <summary>Size of the last axis.</summary>
    public int Channels => Shape.Rank == 0 ? 1 : Shape[-1];

    /// <summary>Product of all axes but the last.</summary>
    public int Pixels => checked((int)(Shape.Size / Channels));

    /// <summary>The numbers of a sample stand one after the other, without gaps.</summary>
    public bool IsCompact => ChannelStride == Channels || Pixels == 1;
}
