using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TrainService.Jobs.Ports;
using TrainService.Queue.Tests.Support;

namespace TrainService.Queue.Tests;

public sealed class QuartzJobQueueTests : QueueContract
{
    protected override async Task<IQueueHarness> CreateAsync(IJobRunner runner, int maxConcurrency)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging();
        builder.Services.AddSingleton(runner);
        builder.Services.AddQuartzQueue(new() { MaxConcurrency = maxConcurrency });
        IHost host = builder.Build();
        await host.StartAsync();
        return new Harness(host);
    }

    private sealed class Harness(IHost host) : IQueueHarness
    {
        private bool _down;

        public IQueueEngine Queue { get; } = host.Services.GetRequiredService<IQueueEngine>();

        public async Task ShutDownAsync()
        {
            if (!_down)
                await host.StopAsync();
            _down = true;
        }

        public async ValueTask DisposeAsync()
        {
            await ShutDownAsync();
            host.Dispose();
        }
    }
}
