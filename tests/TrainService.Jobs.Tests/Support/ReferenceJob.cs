using TrainService.Jobs.Ports;

namespace TrainService.Jobs.Tests.Support;

/// <summary>
/// The life of a job told a second time, in plain conditions and without the table: what the real one is held against.
/// </summary>
internal sealed class ReferenceJob
{
    public JobStatus Status { get; private set; } = JobStatus.Queued;

    public string? Token { get; private set; }

    public int Attempt { get; private set; }

    public int Failures { get; private set; }

    public int Losses { get; private set; }

    /// <summary>How many status events there are.</summary>
    public int Changes { get; private set; } = 1;

    /// <summary>For its parent: it is queued or paused, and can't start.</summary>
    public bool Waits { get; set; }

    /// <summary>How often a parent's success has let it go: once at most.</summary>
    public int Releases { get; private set; }

    private bool Final => Status is JobStatus.Succeeded or JobStatus.Stopped or JobStatus.Cancelled or JobStatus.Failed;

    private bool Held => Token is not null;

    public MoveResult Do(JobAction action, string? token, string newToken, bool withError, bool processLost = false)
    {
        bool aRunDoesIt = action is JobAction.Succeed or JobAction.Fail or JobAction.Requeue or JobAction.Stop or JobAction.Pause or JobAction.Rest;
        if (aRunDoesIt && (!Held || token != Token))
            return MoveResult.Fenced;
        switch (action)
        {
            case JobAction.Start when Status == JobStatus.Queued && !Waits:
                Token = newToken;
                Attempt++;
                return To(JobStatus.Running);

            case JobAction.Succeed:
                return To(JobStatus.Succeeded);

            case JobAction.Fail:
                return To(JobStatus.Failed);

            case JobAction.Requeue:
                if (processLost)
                    Losses++;
                else if (withError)
                    Failures++;
                return To(Status == JobStatus.Running ? JobStatus.Queued : Status == JobStatus.Pausing ? JobStatus.Paused : JobStatus.Stopped);

            case JobAction.Stop:
                return To(JobStatus.Stopped);

            case JobAction.Pause when Status == JobStatus.Pausing:
                return To(JobStatus.Paused);

            case JobAction.Rest when Status is JobStatus.Running or JobStatus.Pausing:
                return To(JobStatus.Paused);

            case JobAction.Abandon when !Held && !Final:
                return To(JobStatus.Failed);

            case JobAction.Cancel when !Final:
                return To(JobStatus.Cancelled);
            case JobAction.Cancel when Status == JobStatus.Cancelled:
                return MoveResult.AlreadyThere;

            case JobAction.RequestStop when Status is JobStatus.Stopping or JobStatus.Stopped:
                return MoveResult.AlreadyThere;
            case JobAction.RequestStop when !Final:
                return To(Held ? JobStatus.Stopping : JobStatus.Stopped);

            case JobAction.RequestPause when Status is JobStatus.Pausing or JobStatus.Paused:
                return MoveResult.AlreadyThere;
            case JobAction.RequestPause when Status is JobStatus.Queued or JobStatus.Running:
                return To(Held ? JobStatus.Pausing : JobStatus.Paused);

            case JobAction.Resume when Status is JobStatus.Queued or JobStatus.Running:
                return MoveResult.AlreadyThere;
            case JobAction.Resume when Status is JobStatus.Pausing or JobStatus.Paused:
                Failures = Losses = 0;
                return To(Held ? JobStatus.Running : JobStatus.Queued);

            default:
                return MoveResult.Illegal;
        }
    }

    /// <summary>Success lets it go, failure is handed on, anything else cancels it.</summary>
    public void ParentEnded(JobStatus parent)
    {
        if (parent == JobStatus.Succeeded)
        {
            Waits = false;
            Releases++;
        }
        else
        {
            To(parent == JobStatus.Failed ? JobStatus.Failed : JobStatus.Cancelled);
        }
    }

    private MoveResult To(JobStatus status)
    {
        Status = status;
        Waits &= !Final;
        Changes++;
        if (status is not (JobStatus.Running or JobStatus.Pausing or JobStatus.Stopping))
            Token = null;
        return MoveResult.Moved;
    }
}
