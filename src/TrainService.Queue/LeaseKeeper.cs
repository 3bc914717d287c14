using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TrainService.Jobs;

namespace TrainService.Queue;

/// <summary>Renews the leases of this process's runs, three times within each.</summary>
internal sealed class LeaseKeeper(RunLeases leases, ILogger<LeaseKeeper> log, TimeProvider? time = null) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (leases.Length is not { } length)
            return;
        using PeriodicTimer timer = new(length / 3, time ?? TimeProvider.System);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false);
                await leases.RenewAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Should it last, another process takes the jobs, and the run tokens keep what is done here from counting.
                QueueLog.CouldNotRenew(log, e);
            }
        }
    }
}
