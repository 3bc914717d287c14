using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using TrainService.Data;
using TrainService.Data.Requests;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs;
using TrainService.Specification.Reading;
using TrainService.Tensors.Threading;
using TrainService.Training.Checkpoints;
using TrainService.Training.Kinds;
using TrainService.Training.Reuse;

namespace TrainService.Training.Running;

/// <summary>
/// One start of a job, for the kind that does it: its spec, its data, what to speak and listen through, and the making of moves. The kind makes runs, one
/// after the other, and has each done here: the newest resume point is taken up, the run goes on until an end that is settled.
/// </summary>
internal sealed class RunSession(JobRecord job, JobSpec spec, ComputeTeam team, RunIdentity identity, RunReporter reporter, RunWatch watch, RunnerServices services, CancellationToken ct)
{
    private PreparedData? _rows, _data;
    private JobSpec? _plain;
    private DerivedTraining? _derived;

    /// <summary>As it stood in the store when this start began.</summary>
    public JobRecord Job => job;

    /// <summary>As resolved; a search before the training may change it.</summary>
    public JobSpec Spec { get; private set; } = spec;

    /// <summary>As resolved, with everything plain that the kind has made of it. To be asked after <see cref="Prepare"/>.</summary>
    public JobSpec Plain => _plain ?? Spec;

    /// <summary>The rows to learn from, derived ones where the kind derives. To be asked after <see cref="Prepare"/>.</summary>
    public PreparedData Data => _data ?? throw new InvalidOperationException("The kind has not prepared its data.");

    /// <summary>Shape of the dataset's own samples, whatever is made of them. To be asked after <see cref="Prepare"/>.</summary>
    public IReadOnlyList<int> SampleShape => _rows!.InputShape;

    /// <summary>The training, or the first of the trainings, that the job comes to. To be asked after <see cref="Prepare"/>.</summary>
    public DerivedTraining Derived => _derived ?? throw new InvalidOperationException("The kind has not prepared its data.");

    public RunIdentity Identity { get; private set; } = identity;

    public ComputeTeam Team => team;

    public RunReporter Reporter => reporter;

    public RunWatch Watch => watch;

    public RunnerServices Services => services;

    /// <summary>Loads the rows and works out the training that the job comes to.</summary>
    public void Prepare()
    {
        DataResult<PreparedData> prepared;
        using (Telemetry.Activities.StartActivity("prepare data"))
            prepared = OwnThread.Wait(services.Datasets.PrepareAsync(DatasetRequest.From(Spec.Dataset), Spec.Seed, CancellationToken.None));
        if (prepared.Value is not { } rows) throw new TrainingFailedException($"Its dataset is not to be had: {prepared.Errors[0].Detail}");
        _rows = rows;
        Derive();
    }

    /// <summary>Goes on to another training of the job, over rows that were made for it.</summary>
    public void Turn(DerivedTraining training, PreparedData rows) => (_plain, _data) = (Spec.As(training.Job), rows with { Described = training.Described });

    private void Derive()
    {
        var errors = new SpecErrors();
        _derived = JobKindList.Of(Spec.Kind).Derive(Spec.Arguments, _rows!.Described, errors)
            ?? throw new TrainingFailedException($"It does not fit its data any more: {(errors.Any ? errors.All[0].Detail : "its spec is not understood.")}");
        Turn(_derived, _derived.Rows(_rows));
    }

    /// <summary>What a run works with.</summary>
    /// <param name="mark">Tells this run's resume points from those of the job's other runs.</param>
    public RunContext Context(string mark = "")
        => new(team, Marked(mark), reporter, watch, services.Checkpoints, new RunClock(services.Options.ResumeInterval, services.Time), services.Time, Spec.MaxRuntimeSeconds, job.RestAfter);

    /// <summary>Saves the checkpoints of a training; what earlier starts have saved is known to it.</summary>
    public CheckpointKeeper Keeper(TrainingPlan plan)
    {
        string monitor = Plain.Checkpoint.Monitor ?? (Data.Validation is null ? "loss" : "val_loss");
        return Keeper(monitor, TrainingPlanner.HigherIsBetter(monitor, plan.Metrics), CheckpointMetadata.Of(Plain, Data));
    }

    /// <inheritdoc cref="Keeper(TrainingPlan)"/>
    /// <param name="models">The job's result first.</param>
    /// <param name="others">Parts that other trainings of the job save: theirs are left alone.</param>
    public CheckpointKeeper Keeper(TrainingPlan plan, IReadOnlyList<SavedModel> models, params IReadOnlyList<SavedModel> others)
    {
        string monitor = Plain.Checkpoint.Monitor ?? (Data.Validation is null ? "loss" : "val_loss");
        SavedModel result = models.Concat(others).First(m => m.Part.Length == 0);
        return Keeper(monitor, TrainingPlanner.HigherIsBetter(monitor, plan.Metrics), result.Metadata,
            [.. models.Concat(others).Where(m => m.Part.Length > 0).Select(m => (m.Part, m.Metadata))]);
    }

    /// <summary>Saves checkpoints; what earlier starts have saved is known to it.</summary>
    /// <param name="monitor">The figure that tells the best.</param>
    /// <param name="metadata">What the checkpoints of the job's result say of themselves.</param>
    /// <param name="parts">Further models that the run saves, by the names of the parts.</param>
    public CheckpointKeeper Keeper(string monitor, bool higherIsBetter, CheckpointMetadata metadata, params ReadOnlySpan<(string Part, CheckpointMetadata Metadata)> parts)
    {
        var keeper = new CheckpointKeeper(services.Checkpoints, services.Doorbell, Identity, Plain.Checkpoint, monitor, higherIsBetter, metadata.ToJson(),
            Plain.Arguments.OptionalValue("model") is { } model ? WeightsFrom.Of(model)?.Checkpoint : null);
        foreach ((string part, CheckpointMetadata of) in parts) keeper.Add(part, of.ToJson());
        OwnThread.Wait(keeper.LoadAsync(CancellationToken.None));
        return keeper;
    }

    /// <summary>Takes the run up where it was left, or lays its first weights, and lets it go on until an end that is settled.</summary>
    /// <param name="isLast">The job is over with it. Otherwise a run that finishes is left to the kind, which goes on with the next or settles.</param>
    /// <param name="mark">As for <see cref="Context"/>.</param>
    public RunEnd Do(IRun run, bool isLast = true, string mark = "")
    {
        Begin(run, Marked(mark).SpecHash);
        while (true)
        {
            RunEnd end = run.Run();
            if (end.Kind == RunEndKind.Finished && !isLast) return end;
            // Not settled: the user has let it go on before the pause was made, so the run goes on where it is.
            if (TrySettle(end)) return end;
        }
    }

    /// <summary>Makes the move that fits how the job ended.</summary>
    public RunEnd Settle(RunEnd end)
    {
        TrySettle(end);
        return end;
    }

    /// <summary>Tells what a search has found.</summary>
    /// <param name="resolves">It takes the place of what the job left open, in one write with the event that says so.</param>
    public void Found(FinderReport report, bool resolves)
    {
        string? text = null;
        JobSpec resolved = Spec;
        if (resolves) text = (resolved = report.Resolve()).ToJson();
        reporter.Report(report.Add(new RunReport(Identity.JobId, Identity.RunToken) { ResolvedJson = text }, job.SummaryJson));
        reporter.Flush();
        if (text is null) return;
        (Spec, Identity) = (resolved, Identity with { SpecHash = HashOf(text) });
        Derive();
    }

    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private RunIdentity Marked(string mark) => Identity with { SpecHash = Identity.SpecHash + mark };

    /// <param name="specHash">Which resume points are this run's.</param>
    private void Begin(IRun run, string specHash)
    {
        List<NewJobEvent> said = [.. RunEvents.Warnings(job.WarningsJson)];
        bool resumed = false;
        using (Stream? saved = OwnThread.Wait(services.Checkpoints.OpenResumePointAsync(Identity.JobId, CancellationToken.None, damaged: file =>
        {
            RunnerLog.Damaged(services.Log, Identity.JobId, file);
            said.Add(RunEvents.Log($"The saved state {file} is damaged: the one before it is taken, or the job begins anew.", $"log:damaged:{job.Attempt}:{file}"));
        })))
        {
            if (saved is not null && ResumePoint.Read(saved, specHash) is { } found)
            {
                run.Restore(found.State, found.Tensors);
                resumed = true;
                RunnerLog.Resumed(services.Log, Identity.JobId, found.State.Epoch, found.State.Step);
                said.Add(RunEvents.Log($"Taken up after {found.State.Epoch} epochs and {found.State.Step} steps."));
            }
        }
        if (!resumed)
        {
            WeightsFrom? source = Plain.Arguments.OptionalValue("model") is { } model ? WeightsFrom.Of(model) : null;
            if (source is not null) said.Add(OwnThread.Wait(StartWeights.LayAsync(services.Checkpoints, source, run)));
            if (run.FitLayers(source?.Layers ?? []) is { Count: > 0 } fitted) said.Add(RunEvents.Log($"Fitted to the training rows: {string.Join(", ", fitted)}.", "log:fitted"));
        }
        reporter.Report(new RunReport(Identity.JobId, Identity.RunToken) { Phase = run.Phase, Progress = run.Progress, Events = said });
    }

    /// <summary>Makes the move that fits how a run ended.</summary>
    /// <returns>False when the run is to go on.</returns>
    public bool TrySettle(RunEnd end)
    {
        JobAction action;
        switch (end.Kind)
        {
            case RunEndKind.Finished: action = JobAction.Succeed; break;
            case RunEndKind.Stopped: action = JobAction.Stop; break;
            case RunEndKind.Paused: action = JobAction.Pause; break;
            case RunEndKind.Resting: action = JobAction.Rest; break;
            case RunEndKind.ShutDown: action = JobAction.Requeue; break;
            default:
                if (ForgetIfOver() is { } over) RunnerLog.EndedByUser(services.Log, Identity.JobId, job.Attempt, over);
                else RunnerLog.Lost(services.Log, Identity.JobId);
                return true;
        }
        MoveOutcome outcome = OwnThread.Wait(services.Jobs.MoveAsync(new JobMove(Identity.JobId, action, Identity.RunToken, end.Reason), CancellationToken.None));
        services.Doorbell.Ring(Identity.JobId);
        OwnThread.Wait(services.Failures.FollowAsync(outcome, CancellationToken.None));
        if (outcome.Result == MoveResult.Illegal && action is JobAction.Pause or JobAction.Rest or JobAction.Requeue && outcome.Job is { Terminal: false } && !ct.IsCancellationRequested) return false;
        RunnerLog.Ended(services.Log, Identity.JobId, job.Attempt, action.Word(), end.Reason ?? "");
        ForgetIfOver();
        return true;
    }

    /// <returns>How the job has ended; null when it goes on elsewhere.</returns>
    private string? ForgetIfOver()
    {
        JobRecord? now = OwnThread.Wait(services.Jobs.FindAsync(Identity.JobId, CancellationToken.None));
        if (now is { Terminal: false }) return null;
        OwnThread.Wait(services.Checkpoints.DeleteResumePointsAsync(Identity.JobId, CancellationToken.None));
        return now?.Status.Word() ?? "deleted";
    }
}

/// <summary>What the runner has to give to each start of a job.</summary>
internal sealed record RunnerServices(IJobStore Jobs, ICheckpointStore Checkpoints, IDoorbell Doorbell, DatasetLibrary Datasets, RunFailures Failures, ComputePool Pool, RunnerOptions Options, TimeProvider Time, ILogger Log);
