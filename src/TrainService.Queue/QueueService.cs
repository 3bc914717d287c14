using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TrainService.Jobs;

namespace TrainService.Queue;

/// <summary>
/// Brings the queue up: one sweep first, so that every waiting job stands in line before the first is taken, then the engine, then a sweep
/// every <see cref="QueueOptions.SweepInterval"/>.
/// </summary>
public sealed class QueueService(Sweeper sweeper, IQueueEngine engine, QueueOptions options, ILogger<QueueService> log, TimeProvider? time = null)
    : BackgroundService
{
    private volatile bool _ready;

    /// <summary>What a restart found has been taken up, and jobs are being run.</summary>
    public bool Ready => _ready;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(options.SweepInterval, time ?? TimeProvider.System);
        do
        {
            try
            {
                SweepResult result = await sweeper.TickAsync(stoppingToken).ConfigureAwait(false);
                if (_ready)
                    continue;
                if (options.RunsJobs)
                    await engine.StartAsync(stoppingToken).ConfigureAwait(false);
                _ready = true;
                QueueLog.TookUp(log, result.Waiting, result.Recovered, result.GivenUp);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                QueueLog.SweepFailed(log, options.SweepInterval, e);
            }
        }
        while (await NextTickAsync(timer, stoppingToken).ConfigureAwait(false));
    }

    /// <summary>False when the service stops: that is no failure of this one, whenever it comes.</summary>
    private static async Task<bool> NextTickAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
