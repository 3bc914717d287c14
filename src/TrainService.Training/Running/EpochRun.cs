using System.Text.Json.Nodes;
using TrainService.Data;
using TrainService.Jobs;
using TrainService.NeuralNet.Sessions;
using TrainService.Training.Checkpoints;

namespace TrainService.Training.Running;

/// <summary>A run that goes through its training rows, step by step and epoch by epoch: counts them, tells how far it is, and keeps what was learned when a step goes wrong.</summary>
internal abstract class EpochRun(Split train, RunContext context) : RunBase(context)
{
    private readonly ProgressMeter _meter = new(train.Count, context.Time);

    /// <inheritdoc/>
    public override JobProgress Progress => _meter.At(Epoch, Epochs, StepsDone, StepsPerEpoch);

    /// <summary>All that are planned.</summary>
    public abstract int Epochs { get; }

    /// <summary>Epochs that this run has behind it.</summary>
    protected int EpochsDone { get; set; }

    /// <summary>Steps done of the epoch going on.</summary>
    protected int StepsDone { get; set; }

    /// <summary>Figures of the epoch that ended last, for the checkpoints.</summary>
    protected JsonObject Figures { get; set; } = [];

    /// <summary>Epochs of the job that are over.</summary>
    protected virtual int Epoch => EpochsDone;

    protected abstract int StepsPerEpoch { get; }

    /// <summary>Batches trained since the job began.</summary>
    protected abstract long Batches { get; }

    /// <summary>What a step works out, for people, and what helps when it is no finite number any more.</summary>
    protected abstract (string What, string Remedy) OnNonFinite { get; }

    /// <summary>Takes the next step.</summary>
    /// <returns>Rows it took.</returns>
    /// <exception cref="NonFiniteLossException">It was rejected.</exception>
    protected abstract int TakeStep();

    /// <summary>Figures of the epoch going on.</summary>
    protected abstract IEnumerable<KeyValuePair<string, double>> FiguresSoFar();

    /// <inheritdoc/>
    public sealed override RunEnd Run()
    {
        try
        {
            return Train();
        }
        catch (NonFiniteWeightsException e)
        {
            // It is a saving that found them: no step has failed yet.
            throw new TrainingFailedException($"{e.Message} {KeepLastGood()}");
        }
    }

    /// <inheritdoc cref="Run"/>
    /// <exception cref="NonFiniteWeightsException">A checkpoint or a resume point was due, and the weights are not finite.</exception>
    protected abstract RunEnd Train();

    /// <summary>Saves what was learned as a checkpoint with <see cref="Figures"/>.</summary>
    protected abstract void SaveCheckpoint(string reason);

    /// <summary>Trains to the end of the epoch.</summary>
    /// <returns>Null unless it was interrupted.</returns>
    /// <exception cref="TrainingFailedException">A step came to numbers that are not finite.</exception>
    protected RunEnd? TrainEpoch()
    {
        while (StepsDone < StepsPerEpoch)
        {
            if (Interruption() is { } interrupted) return interrupted;
            int rows;
            try
            {
                rows = TakeStep();
            }
            catch (NonFiniteLossException e)
            {
                (string what, string remedy) = OnNonFinite;
                throw new TrainingFailedException($"{what} was no finite number any more in epoch {Epoch + 1}, batch {StepsDone + 1} ({e.Message}) {remedy} {KeepLastGood()}");
            }
            StepsDone++;
            if (_meter.Count(rows)) SayProgress();
            SaveResumePointWhenDue();
        }
        return null;
    }

    protected override string Where() => StepsDone == 0 ? $"epoch {Epoch}" : $"{Epoch} epochs and {StepsDone} steps";

    protected override void Check(TensorSnapshot snapshot)
    {
        if (snapshot.FindNonFinite() is { } tensor)
            throw new NonFiniteWeightsException($"'{tensor}' holds numbers that are not finite after {Where()}. {OnNonFinite.Remedy}");
    }

    /// <summary>What was learned before a step that went wrong is kept: the weights as they are, or, when they have gone bad too, those of the newest resume point.</summary>
    private string KeepLastGood()
    {
        if (Batches == 0) return "It was the first step: there is nothing to keep.";
        if (TrySaveLastGood()) return $"The step was rejected; the weights after {Where()} are kept as a checkpoint.";
        Context.Reporter.Flush();
        using Stream? saved = OwnThread.Wait(Context.Checkpoints.OpenResumePointAsync(Context.Identity.JobId, CancellationToken.None));
        if (saved is not null && ResumePoint.Read(saved, Context.Identity.SpecHash) is { } found)
        {
            Restore(found.State, found.Tensors);
            if (TrySaveLastGood()) return $"The weights had gone bad before; those after {Where()} are kept as a checkpoint.";
        }
        return "The weights had gone bad before; checkpoints that were saved still hold.";
    }

    private bool TrySaveLastGood()
    {
        try
        {
            SaveCheckpoint("last_good");
            Context.Reporter.Flush();
            return true;
        }
        catch (TrainingFailedException)
        {
            return false;
        }
    }

    private void SayProgress()
    {
        JobProgress progress = Progress;
        Context.Reporter.Report(Report(RunEvents.Progress(progress, FiguresSoFar())) with { Progress = progress });
    }
}
