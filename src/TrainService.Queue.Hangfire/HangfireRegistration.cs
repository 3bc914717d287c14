using Hangfire;
using Hangfire.AspNetCore;
using Hangfire.Dashboard;
using Hangfire.InMemory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace TrainService.Queue.Hangfire;

public static class HangfireRegistration
{
    /// <summary>
    /// The queue on Hangfire, its storage in memory: the jobs table is the truth, for one process and for many. Stands in for
    /// <see cref="QueueRegistration.AddQuartzQueue"/>.
    /// </summary>
    public static IServiceCollection AddHangfireQueue(this IServiceCollection services, QueueOptions options)
    {
        services.AddDispatchedQueue(options);

        // Of this host, rather than the process's static ones, which Hangfire takes otherwise.
        services.AddSingleton<JobStorage>(_ => new InMemoryStorage());
        services.AddSingleton<JobActivator>(p => new AspNetCoreJobActivator(p.GetRequiredService<IServiceScopeFactory>()));
        services.AddHangfire(configuration => configuration.UseSimpleAssemblyNameTypeSerializer());
        services.AddTransient<HangfireRun>();
        services.AddSingleton<HangfireExecutor>();
        services.AddSingleton<IJobExecutor>(p => p.GetRequiredService<HangfireExecutor>());
        services.AddHostedService(p => p.GetRequiredService<HangfireExecutor>());
        return services;
    }

    /// <summary>Hangfire's dashboard at /hangfire, to look at: what is changed there would go past the jobs table. Who may see it is the service's affair.</summary>
    public static IEndpointConventionBuilder MapHangfireBoard(this IEndpointRouteBuilder routes) => routes.MapHangfireDashboard("/hangfire", new DashboardOptions
    {
        Authorization = [new CheckedBefore()],
        IsReadOnlyFunc = _ => true,
        AppPath = "/",
        DashboardTitle = "TrainService",
    });

    /// <summary>The service's key check stands before every address; by default Hangfire would shut out all but this machine.</summary>
    private sealed class CheckedBefore : IDashboardAuthorizationFilter
    {
        public bool Authorize(DashboardContext context) => true;
    }
}
