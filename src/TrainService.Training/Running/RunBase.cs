using TrainService.Formats;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.NeuralNet.Graph;
using TrainService.Training.Checkpoints;
using TrainService.Training.Reuse;

namespace TrainService.Training.Running;

/// <summary>
/// What every run does alike: listening between steps, leaving off in the way that fits why, resume points. A run adds its loop and its state: what
/// it does next may depend on the tensors of its resume points and on <see cref="ResumeState"/> alone.
/// </summary>
internal abstract class RunBase(RunContext context) : IRun
{
    /// <inheritdoc/>
    public abstract Network Network { get; }

    /// <inheritdoc/>
    public abstract JobProgress Progress { get; }

    /// <inheritdoc/>
    public virtual int Phase => 0;

    protected RunContext Context => context;

    /// <summary>All that its resume points hold beside <see cref="Capture"/>, filled when one is due.</summary>
    protected abstract SaveSlot ResumeSlot { get; }

    /// <inheritdoc/>
    public abstract WeightReport StartFrom(IReadOnlyList<NamedArray> arrays);

    /// <inheritdoc/>
    public abstract IReadOnlyList<string> FitLayers(IReadOnlyCollection<string> loaded);

    /// <inheritdoc/>
    public abstract void Restore(ResumeState saved, IReadOnlyDictionary<string, NamedArray> tensors);

    /// <inheritdoc/>
    public abstract RunEnd Run();

    public abstract void Dispose();

    /// <summary>How far it is, for people: "3 epochs and 12 steps".</summary>
    protected abstract string Where();

    /// <summary>Where the run stands; its tensors are being copied at the same time.</summary>
    protected abstract ResumeState Capture();

    /// <summary>Keeps what was learned, as the job's last checkpoint, when a user or a limit ends the run early; nothing where there is nothing to keep.</summary>
    protected virtual void SaveFinal(string why)
    {
    }

    /// <summary>Throws when the copied tensors are not to be kept.</summary>
    protected virtual void Check(TensorSnapshot snapshot)
    {
    }

    /// <summary>To be asked between steps: the end that the run is to come to now; null to go on.</summary>
    protected RunEnd? Interruption()
    {
        if (context.Reporter.Failure is not null) context.Reporter.Flush();
        switch (context.Watch.Current)
        {
            case Interrupt.Stop:
                SaveFinal("The user stopped it.");
                return new RunEnd(RunEndKind.Stopped, $"Stopped by the user after {Where()}.");
            case Interrupt.Pause:
                SaveResumePoint(wait: true);
                return new RunEnd(RunEndKind.Paused, $"Paused by the user after {Where()}.");
            case Interrupt.Shutdown:
                SaveResumePoint(wait: true);
                return new RunEnd(RunEndKind.ShutDown, $"The service was shut down after {Where()}; the job goes on when it is back.");
            case Interrupt.Lost:
                return new RunEnd(RunEndKind.Lost);
        }
        if (context.MaxRuntimeSeconds is not { } limit || context.Clock.TrainedSeconds < limit) return null;
        SaveFinal("The time limit was reached.");
        return new RunEnd(RunEndKind.Stopped, $"Stopped after {Where()}: it has run for {limit:0.###} seconds, its limit.");
    }

    /// <summary>Saves the run's whole state when it is time to.</summary>
    protected void SaveResumePointWhenDue()
    {
        if (context.Clock.ResumePointIsDue) SaveResumePoint(wait: false);
    }

    /// <param name="wait">Return when it is on disk; otherwise nothing happens while the one before is still on its way.</param>
    protected void SaveResumePoint(bool wait)
    {
        ResumeState state = Capture();
        bool saved = ResumeSlot.Save(wait, Check, snapshot => context.Checkpoints.SaveResumePointAsync(context.Identity.JobId, context.Identity.RunToken, (stream, _) =>
        {
            ResumePoint.Write(stream, state, snapshot.Arrays);
            return Task.CompletedTask;
        }, CancellationToken.None));
        if (saved) context.Clock.ResumePointTaken();
        if (wait) context.Reporter.Flush();
    }

    /// <summary>An empty report of this run, to be filled.</summary>
    protected RunReport Report(params IReadOnlyList<NewJobEvent> events) => new(context.Identity.JobId, context.Identity.RunToken) { Events = events };

    /// <summary>Tells people something, and how far the run is.</summary>
    /// <param name="key">What a resumed run would say again under the same key is logged once; null when it may be said again.</param>
    protected void Say(string what, string? key = null) => context.Reporter.Report(Report(RunEvents.Log(what, key)) with { Progress = Progress });
}
