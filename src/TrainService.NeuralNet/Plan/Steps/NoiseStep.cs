using TrainService.Tensors.Kernels;
using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>What noise does to four numbers, given four random words.</summary>
internal interface INoise
{
    /// <summary>y = noisy x; both at most four long.</summary>
    void Apply(ReadOnlySpan<float> x, Span<float> y, (uint X0, uint X1, uint X2, uint X3) words);
}

/// <summary>Noise on rows without gaps. Words are named by seed, layer, iteration, row and place: the backward pass makes them again.</summary>
internal sealed unsafe class NoiseStep<TNoise>(TNoise noise, PlanBuffer x, PlanBuffer y, uint stream, bool accumulate) : PlanStep
    where TNoise : struct, INoise
{
    private const int Group = 4;

    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = accumulate ? [new(x, Access.RowsOnly), new(y, Access.RowsOnly)] : [new(x, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(y, Access.RowsOnly)];

    public override double Cost => y.Length * 16.0;

    public override int ScratchLength => accumulate ? y.Stride : 0;

    public override void Run(in Block block, StepContext context)
    {
        PhiloxKey key = PhiloxKey.Of(context.Seed, RandomPurpose.Dropout, stream, (ulong)context.Iteration);
        ulong groups = ((ulong)x.RowLength + Group - 1) / Group;
        for (int r = block.Start; r < block.End; r++)
        {
            ReadOnlySpan<float> source = new(x.Row(r), x.RowLength);
            Span<float> target = new(y.Row(r), y.RowLength), noisy = accumulate ? new(context.Scratch(block.Rank), y.RowLength) : target;
            for (ulong group = 0; group < groups; group++)
            {
                int at = (int)group * Group, length = Math.Min(Group, source.Length - at);
                noise.Apply(source.Slice(at, length), noisy.Slice(at, length), Philox.Block(key.Key, key.High, ((ulong)r * groups) + group));
            }

            if (accumulate) Elementwise.AddScaled(target, 1f, noisy);
            else new Span<float>(y.Row(r), y.Stride)[y.RowLength..].Clear();
        }
    }

    public override string ToString() => typeof(TNoise).Name;
}

/// <summary>Two normal numbers of two random words (Box and Muller 1958).</summary>
internal static class NormalPair
{
    public static (float First, float Second) Of(uint first, uint second)
    {
        // Never 0: the logarithm stays finite.
        double radius = Math.Sqrt(-2 * Math.Log((first + 1.0) / (1UL << 32)));
        (double sine, double cosine) = Math.SinCos(2 * Math.PI * second / (1UL << 32));
        return ((float)(radius * cosine), (float)(radius * sine));
    }

    /// <summary>Four of them.</summary>
    public static void Fill(Span<float> normals, (uint X0, uint X1, uint X2, uint X3) words)
    {
        (normals[0], normals[1]) = Of(words.X0, words.X1);
        (normals[2], normals[3]) = Of(words.X2, words.X3);
    }
}
