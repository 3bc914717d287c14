namespace TrainService.NeuralNet.Plan;

/// <summary>
/// One operation of a plan on fixed buffers. Blocks of a step run on any thread in any order, so a block writes only what is its own and no
/// result may depend on how the work was cut.
/// </summary>
public abstract class PlanStep
{
    /// <summary>Floats from which on a sample is work enough for a block.</summary>
    private const int RowLengthOfOneImage = 8192;

    public abstract Domains Domains { get; }

    public abstract IReadOnlyList<Touch> Reads { get; }

    public abstract IReadOnlyList<Touch> Writes { get; }

    /// <summary>Panels, when cut by columns; those of the first buffer that it writes.</summary>
    public virtual int Panels => Writes[0].Buffer.Panels;

    /// <summary>Number of tasks when it is cut into tasks of its own.</summary>
    public virtual int Tasks => 1;

    /// <summary>Rough work of the whole step (multiply-adds), to share it out evenly.</summary>
    public virtual double Cost => Writes.Count > 0 ? Writes[0].Buffer.Length * 0.25 : 1;

    /// <summary>
    /// It rearranges a kernel and nothing else: it then runs in the last phase before its result is read, so that results of all layers needn't lie in
    /// memory together.
    /// </summary>
    public virtual bool IsPreparation => false;

    /// <summary>
    /// Cheap, and without effects beside the one buffer that it writes whole: it may run a second time in place of keeping what it wrote.
    /// </summary>
    public virtual bool IsRepeatable => false;

    /// <summary>
    /// Long enough for a barrier before it to cost nothing: it begins a lane of its own, so that blocks are as large as it needs and not as its
    /// neighbours need, and what other steps keep for it lives shorter.
    /// </summary>
    public virtual bool StartsLane => false;

    /// <summary>Set when rows would have each thread read a large matrix whole: columns then serve better.</summary>
    public virtual bool PrefersColumns => false;

    /// <summary>Floats of a sample in the longest buffer that it writes: blocks of rows are made to fit into cache.</summary>
    public virtual int SampleLength => Writes[0].Buffer.Stride;

    /// <summary>Samples in a block of rows below which the step would run badly: products of few rows leave register tiles empty, images don't mind.</summary>
    public virtual int LeastRows => Math.Clamp(RowLengthOfOneImage / SampleLength, 1, 8);

    /// <summary>Floats of scratch memory that a block needs.</summary>
    public virtual int ScratchLength => 0;

    public abstract void Run(in Block block, StepContext context);
}
