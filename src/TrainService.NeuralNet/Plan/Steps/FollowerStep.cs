namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>Runs a follower on images that were written by a step that takes none.</summary>
internal sealed unsafe class FollowerStep(PixelFollower follower) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads => follower.Reads;

    public override IReadOnlyList<Touch> Writes => follower.Writes;

    public override int ScratchLength => follower.ScratchLength;

    public override double Cost => follower.Reads[0].Buffer.Length * 0.5;

    public override int SampleLength => follower.Reads[0].Buffer.Stride;

    public override void Run(in Block block, StepContext context)
    {
        float* scratch = ScratchLength == 0 ? null : context.Scratch(block.Rank);
        for (int r = block.Start; r < block.End; r++) follower.Run(r, 0, follower.Pixels, scratch);
    }

    public override string ToString() => follower.ToString()!;
}
