using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Storage.Tests.Support;
using Xunit.Sdk;
#if HANGFIRE
using TrainService.Queue.Hangfire;
#endif

namespace TrainService.Queue.Tests.Support;

/// <summary>The engines that there are.</summary>
internal static class QueueEngines
{
    public const string Quartz = "quartz", QuartzPostgres = "quartz on PostgreSQL", Dispatched = "dispatched", Hangfire = "hangfire";

    /// <summary>A node of its own: on PostgreSQL, on a database of its own unless one is given.</summary>
    public static async Task<IQueueHarness> CreateAsync(string engine, IJobRunner runner, int maxConcurrency, PostgresFixture postgres, string? database = null,
        bool runsJobs = true)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging();
        builder.Services.AddSingleton(runner);
        QueueOptions options = new() { MaxConcurrency = maxConcurrency, RunsJobs = runsJobs };
        switch (engine)
        {
            case QuartzPostgres:
                database ??= await postgres.Server.CreateDatabaseAsync();
                builder.Services.AddSingleton<IDoorbell>(Bells.GetOrAdd(database, _ => new InProcessDoorbell()));
                builder.Services.AddQuartzQueue(options with { ConnectionString = database, Lease = TimeSpan.FromSeconds(3) });
                break;
            case Dispatched:
                builder.Services.AddDispatchedQueue(options);
                builder.Services.AddSingleton<ThreadPoolExecutor>();
                builder.Services.AddSingleton<IJobExecutor>(p => p.GetRequiredService<ThreadPoolExecutor>());
                builder.Services.AddHostedService(p => p.GetRequiredService<ThreadPoolExecutor>());
                break;
#if HANGFIRE
            case Hangfire:
                builder.Services.AddHangfireQueue(options);
                break;
#endif
            default:
                builder.Services.AddQuartzQueue(options);
                break;
        }
        IHost host = builder.Build();
        await host.StartAsync();
        return new Harness(host);
    }

    /// <summary>What NOTIFY is between processes.</summary>
    private static System.Collections.Concurrent.ConcurrentDictionary<string, InProcessDoorbell> Bells { get; } = new();

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

[AttributeUsage(AttributeTargets.Method)]
public sealed class OnQuartzAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[QueueEngines.Quartz]];
}

/// <summary>What Hangfire is driven by, over an executor of the tests.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnDispatchedAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[QueueEngines.Dispatched]];
}

/// <summary>Shows as skipped where PostgreSQL is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnQuartzPostgresAttribute : DataAttribute
{
    public OnQuartzPostgresAttribute() => Skip = PostgresCluster.WhyNot;

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[QueueEngines.QuartzPostgres]];
}

/// <summary>Shows as skipped in a build without it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnHangfireAttribute : DataAttribute
{
#if !HANGFIRE
    public OnHangfireAttribute() => Skip = "Built without Hangfire (-p:Queue=Hangfire builds it in).";
#endif

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[QueueEngines.Hangfire]];
}
