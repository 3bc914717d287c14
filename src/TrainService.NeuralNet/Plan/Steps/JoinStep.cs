using System.Numerics.Tensors;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>Some channels of every pixel of a buffer.</summary>
/// <param name="Offset">First of them.</param>
/// <param name="Stride">Floats from a pixel to the next.</param>
internal readonly record struct ChannelRange(PlanBuffer Buffer, int Offset, int Stride);

/// <summary>Copies channels of every pixel from one buffer to a place between others: forward to join values, backward to part their gradients.</summary>
/// <param name="tail">Floats behind the channels that become zero: the padding of a pixel that nobody else writes.</param>
internal sealed unsafe class JoinStep(ChannelRange from, ChannelRange to, int pixels, int channels, int tail, bool accumulate) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = accumulate
        ? [new(from.Buffer, Access.RowsOnly), new(to.Buffer, Access.RowsOnly)]
        : [new(from.Buffer, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(to.Buffer, Access.RowsOnly)];

    public override double Cost => (double)to.Buffer.Rows * pixels * channels * 0.25;

    public override void Run(in Block block, StepContext context)
    {
        for (int r = block.Start; r < block.End; r++)
        {
            float* source = from.Buffer.Row(r) + from.Offset, target = to.Buffer.Row(r) + to.Offset;
            for (int p = 0; p < pixels; p++, source += from.Stride, target += to.Stride)
            {
                ReadOnlySpan<float> given = new(source, channels);
                Span<float> place = new(target, channels);
                if (accumulate) TensorPrimitives.Add(place, given, place);
                else given.CopyTo(place);
                if (tail > 0) new Span<float>(target + channels, tail).Clear();
            }
        }
    }

    public override string ToString() => "join";
}
