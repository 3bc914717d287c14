using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Quartz;
using TrainService.Jobs.Ports;

namespace TrainService.Queue;

public static class QueueRegistration
{
    /// <summary>
    /// The queue on Quartz, in memory: <see cref="IJobQueue"/> and <see cref="IQueueEngine"/>. Needs an <see cref="IJobRunner"/>. Jobs are
    /// taken once somebody starts the engine (<see cref="AddQueueService"/> does). At shutdown running jobs are cancelled and waited for.
    /// </summary>
    public static IServiceCollection AddQuartzQueue(this IServiceCollection services, QueueOptions options)
    {
        services.TryAddSingleton(options);
        services.AddSingleton<QuartzJobQueue>();
        services.AddSingleton<IQueueEngine>(p => p.GetRequiredService<QuartzJobQueue>());
        services.AddSingleton<IJobQueue>(p => p.GetRequiredService<QuartzJobQueue>());
        services.AddQuartz(q => q
            .ConfigureScheduler(s =>
            {
                s.InstanceName = "trainservice";
                s.ShutdownJobInterruption = ShutdownJobInterruption.WhenWaitingForJobs;

                // One at a time: a batch would be taken in advance and pass over what comes in with a higher priority.
                s.MaxBatchSize = 1;
            })
            .UseInMemoryStore()
            .UseDefaultThreadPool(options.MaxConcurrency));
        services.AddQuartzHostedService(h =>
        {
            h.AutoStart = false;
            h.WaitForJobsToComplete = true;
        });
        return services;
    }

    /// <summary>The sweep and the start of the engine, as a hosted service. Needs a <see cref="Jobs.Sweeper"/>.</summary>
    public static IServiceCollection AddQueueService(this IServiceCollection services)
        => services.AddSingleton<QueueService>().AddHostedService(p => p.GetRequiredService<QueueService>());
}
