using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Quartz;
using TrainService.Jobs.Ports;

namespace TrainService.Queue;

public static class QueueRegistration
{
    /// <summary>The rung name of the doorbell that says that something was enqueued.</summary>
    internal const string Bell = "queue";

    /// <summary>
    /// The queue on Quartz, in memory or on PostgreSQL: <see cref="IJobQueue"/> and <see cref="IQueueEngine"/>. Needs an <see cref="IJobRunner"/>, and on
    /// PostgreSQL an <see cref="IDoorbell"/>. Jobs are taken once somebody starts the engine (<see cref="AddQueueService"/> does). At shutdown running
    /// jobs are cancelled and waited for.
    /// </summary>
    public static IServiceCollection AddQuartzQueue(this IServiceCollection services, QueueOptions options)
    {
        services.TryAddSingleton(options);
        bool shared = options.ConnectionString is not null;
        if (shared)
        {
            services.AddSingleton<ClusteredJobQueue>();
            services.AddSingleton<IQueueEngine>(p => p.GetRequiredService<ClusteredJobQueue>());
            services.AddSingleton<IJobQueue>(p => p.GetRequiredService<ClusteredJobQueue>());
            services.AddHostedService<ClusterSignal>();
        }
        else
        {
            services.AddSingleton<QuartzJobQueue>();
            services.AddSingleton<IQueueEngine>(p => p.GetRequiredService<QuartzJobQueue>());
            services.AddSingleton<IJobQueue>(p => p.GetRequiredService<QuartzJobQueue>());
        }
        services.AddQuartz(q =>
        {
            q.ConfigureScheduler(s =>
            {
                s.InstanceName = "trainservice";
                s.GenerateInstanceId = shared;
                s.ShutdownJobInterruption = ShutdownJobInterruption.WhenWaitingForJobs;

                // One at a time: a batch would be taken in advance and pass over what comes in with a higher priority.
                s.MaxBatchSize = 1;
                if (shared)
                    s.IdleWaitTime = Longest(options.Lease / 3);
            });
            q.UseDefaultThreadPool(options.MaxConcurrency);
            if (shared)
                q.UsePersistentStore(s => UseCluster(s, options));
            else
                q.UseInMemoryStore();
        });
        services.AddQuartzHostedService(h =>
        {
            h.AutoStart = false;
            h.WaitForJobsToComplete = true;
        });
        return services;
    }

    /// <summary>The queue on a plain executor: <see cref="IJobQueue"/> and <see cref="IQueueEngine"/>. Needs an <see cref="IJobExecutor"/> and an <see cref="IJobRunner"/>.</summary>
    public static IServiceCollection AddDispatchedQueue(this IServiceCollection services, QueueOptions options)
    {
        services.TryAddSingleton(options);
        services.AddSingleton<DispatchedQueue>();
        services.AddSingleton<IQueueEngine>(p => p.GetRequiredService<DispatchedQueue>());
        services.AddSingleton<IJobQueue>(p => p.GetRequiredService<DispatchedQueue>());
        return services;
    }

    // A firing that Quartz repeats after the death of its node finds the job under a lease, and does nothing; the sweeper counts the loss.
    private static void UseCluster(IPersistentStoreBuilder store, QueueOptions options)
    {
        store.UsePostgres(options.ConnectionString!);
        store.ProvisionSchema();
        store.ConfigureStore(s =>
        {
            s.RecoverFiringsCancelledByShutdown = true;
            s.StoreJobDataAsStrings = true;

            // Two nodes must not both take a job that has just been put back beside its own run.
            s.AcquireTriggersWithinLock = true;
        });
        store.UseClustering(c =>
        {
            c.CheckinInterval = Longest(options.Lease / 3);
            c.CheckinMisfireThreshold = Longest(options.Lease * 2 / 3);
        });
    }

    /// <summary>Quartz wants no less than a second.</summary>
    private static TimeSpan Longest(TimeSpan time) => time > TimeSpan.FromSeconds(1) ? time : TimeSpan.FromSeconds(1);

    /// <summary>The sweep and the start of the engine, as a hosted service. Needs a <see cref="Jobs.Sweeper"/> and <see cref="Jobs.RunLeases"/>.</summary>
    public static IServiceCollection AddQueueService(this IServiceCollection services)
        => services.AddSingleton<QueueService>().AddHostedService(p => p.GetRequiredService<QueueService>()).AddHostedService<LeaseKeeper>();
}
