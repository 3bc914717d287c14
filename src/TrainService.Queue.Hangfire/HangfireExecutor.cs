using Hangfire;
using Microsoft.Extensions.Hosting;

namespace TrainService.Queue.Hangfire;

/// <summary>Hangfire as an executor: a background job each, that carries the id and nothing else.</summary>
internal sealed class HangfireExecutor(JobStorage storage, IBackgroundJobClient client, JobActivator activator, QueueOptions options) : IJobExecutor, IHostedService
{
    private BackgroundJobServer? _server;

    public void Start() => _server ??= new BackgroundJobServer(
        new BackgroundJobServerOptions
        {
            WorkerCount = options.MaxConcurrency,
            Activator = activator,
            CancellationCheckInterval = TimeSpan.FromSeconds(1),

            // The host's own limit ends before.
            ShutdownTimeout = TimeSpan.FromMinutes(1),
        },
        storage);

    public void Dispatch(string jobId) => client.Enqueue<HangfireRun>(run => run.RunAsync(jobId, CancellationToken.None));

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Running jobs are cancelled, and waited for until they have saved.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is null)
            return;
        _server.SendStop();
        await _server.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        _server.Dispose();
    }
}
