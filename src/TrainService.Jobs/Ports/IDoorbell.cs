namespace TrainService.Jobs.Ports;

/// <summary>Says that a job has something new (events, a status, a request to its run). Carries no data: who hears it reads the store.</summary>
public interface IDoorbell
{
    void Ring(string jobId);

    /// <summary>A token for now: <see cref="WaitAsync"/> returns at once when the bell has rung since. Take it before reading the store.</summary>
    long Ticket(string jobId);

    /// <summary>Waits until the bell of this job rings after <paramref name="ticket"/>, or until the time is up. May return early: look at the store.</summary>
    Task WaitAsync(string jobId, long ticket, TimeSpan timeout, CancellationToken ct);
}
