using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>Slopes drawn evenly from [lower, upper).</summary>
internal readonly record struct RandomSlope(float Lower, float Upper)
{
    public float Of(uint word) => Lower + ((word >> 8) * (1f / (1 << 24)) * (Upper - Lower));
}

/// <summary>target = source where sign &gt; 0, source times a random slope elsewhere: forward with x as both, backward with dy and x.</summary>
internal sealed unsafe class SignedNoiseStep(RandomSlope slope, PlanBuffer source, PlanBuffer sign, PlanBuffer target, uint stream, bool accumulate) : PlanStep
{
    private const int Group = 4;

    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } =
    [
        new(source, Access.RowsOnly), new(sign, Access.RowsOnly), .. accumulate ? [new Touch(target, Access.RowsOnly)] : Array.Empty<Touch>(),
    ];

    public override IReadOnlyList<Touch> Writes { get; } = [new(target, Access.RowsOnly)];

    public override double Cost => target.Length * 8.0;

    public override void Run(in Block block, StepContext context)
    {
        PhiloxKey key = PhiloxKey.Of(context.Seed, RandomPurpose.Dropout, stream, (ulong)context.Iteration);
        ulong groups = ((ulong)source.RowLength + Group - 1) / Group;
        Span<uint> words = stackalloc uint[Group];
        for (int r = block.Start; r < block.End; r++)
        {
            float* from = source.Row(r), x = sign.Row(r), to = target.Row(r);
            RowStep.Begin(target, r, accumulate);
            for (int i = 0; i < source.RowLength; i++)
            {
                if (i % Group == 0) (words[0], words[1], words[2], words[3]) = Philox.Block(key.Key, key.High, ((ulong)r * groups) + (ulong)(i / Group));
                to[i] += x[i] > 0 ? from[i] : from[i] * slope.Of(words[i % Group]);
            }
        }
    }

    public override string ToString() => "random slopes";
}
