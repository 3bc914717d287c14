namespace TrainService.NeuralNet.Plan;

/// <summary>A step by samples that writes an image pixel after pixel, and that others may follow.</summary>
internal abstract unsafe class ProducerStep(PlanBuffer target) : PlanStep
{
    private PixelFollower? _follower;
    private IReadOnlyList<Touch>? _reads;
    private IReadOnlyList<Touch>? _writes;

    /// <summary>What it writes.</summary>
    public PlanBuffer Target => target;

    public sealed override Domains Domains => Domains.Rows;

    public sealed override IReadOnlyList<Touch> Reads => _reads ??= [.. OwnReads, .. _follower?.Reads ?? []];

    public sealed override IReadOnlyList<Touch> Writes => _writes ??= [new(target, Access.RowsOnly), .. _follower?.Writes ?? []];

    public sealed override int ScratchLength => OwnScratch + (_follower?.ScratchLength ?? 0);

    protected abstract IEnumerable<Touch> OwnReads { get; }

    /// <summary>Floats of scratch memory that the step itself needs, a multiple of 16; its follower's lies behind it.</summary>
    protected virtual int OwnScratch => 0;

    /// <summary>Has <paramref name="follower"/> run on what this step writes; false when another one does already.</summary>
    public bool TryFollow(PixelFollower follower)
    {
        if (_follower is not null) return false;
        (_follower, _reads, _writes) = (follower, null, null);
        return true;
    }

    public override string ToString() => _follower is null ? Name : $"{Name} + {_follower}";

    protected abstract string Name { get; }

    protected bool IsFollowed => _follower is not null;

    /// <summary>Called when pixels up to <paramref name="available"/> of a sample are written, in order.</summary>
    /// <param name="scratch">The step's scratch memory.</param>
    protected void Written(int sample, ref int done, int available, float* scratch)
    {
        if (_follower is not null) done = _follower.Run(sample, done, available, scratch + OwnScratch);
    }
}
