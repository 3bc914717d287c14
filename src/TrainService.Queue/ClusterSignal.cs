using Microsoft.Extensions.Hosting;
using Quartz.Extensibility;
using TrainService.Jobs.Ports;

namespace TrainService.Queue;

/// <summary>Has this node's scheduler look at the store when another node has put something into it; by itself it would only look now and then.</summary>
internal sealed class ClusterSignal(IDoorbell doorbell, ISchedulerSignaler signaler, QueueOptions options) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            long ticket = doorbell.Ticket(QueueRegistration.Bell);
            while (true)
            {
                await doorbell.WaitAsync(QueueRegistration.Bell, ticket, options.SweepInterval, stoppingToken).ConfigureAwait(false);
                ticket = doorbell.Ticket(QueueRegistration.Bell);
                await signaler.SignalSchedulingChange(null, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }
}
