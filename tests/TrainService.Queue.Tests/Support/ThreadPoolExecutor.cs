using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TrainService.Queue.Tests.Support;

/// <summary>The least that an executor is: each job a task, all cancelled and waited for at the end.</summary>
internal sealed class ThreadPoolExecutor(IServiceProvider services) : IJobExecutor, IHostedService, IDisposable
{
    private readonly CancellationTokenSource _shutdown = new();
    private readonly ConcurrentBag<Task> _tasks = [];

    public void Start()
    {
    }

    public void Dispatch(string jobId) => _tasks.Add(Task.Run(() => services.GetRequiredService<DispatchedQueue>().RunAsync(jobId, _shutdown.Token)));

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _shutdown.Dispose();

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _shutdown.CancelAsync();
        await Task.WhenAll(_tasks).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}
