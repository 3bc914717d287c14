using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;
using TrainService.Api.Datasets;
using TrainService.Api.Endpoints;
using TrainService.Api.Http;
using TrainService.Api.Keys;
using TrainService.Api.Metrics;
using TrainService.Api.OpenApi;
using TrainService.Api.Problems;
using TrainService.Api.Streaming;
using TrainService.Storage;

namespace TrainService.Api.Hosting;

/// <summary>Puts the service together: settings, logging, the parts, the middleware, the endpoints.</summary>
internal static class ServiceHost
{
    public static WebApplicationBuilder CreateBuilder(CommandLine line)
    {
        // The program's own folder holds appsettings.json and wwwroot; the working folder belongs to whoever calls.
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(line.Settings);
        builder.AddServiceLogging(quiet: line.Command is "demo" or "openapi");
        return builder;
    }

    public static ServiceOptions ReadOptions(IConfiguration configuration)
        => configuration.GetSection(ServiceOptions.Section).Get<ServiceOptions>() ?? new ServiceOptions();

    public static WebApplication Build(WebApplicationBuilder builder, ServiceOptions options, TrainStorage storage)
    {
        DatasetUpload.Clear(options.UploadFolder, unusedFor: options.IsShared ? TimeSpan.FromDays(1) : TimeSpan.Zero);
        builder.Services.AddSingleton(Options.Create(options));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(9));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        builder.Services.AddExceptionHandler<ProblemExceptionHandler>();
        builder.Services.AddProblemDetails();
        builder.Services.AddTrainService(options, storage);
        builder.Services.AddRateLimits(options);
        builder.Services.AddAnswerCompression();
        builder.Services.AddApiDocument();
        builder.Services.AddSignalR(hub => hub.AddFilter<HubFailures>()).AddJsonProtocol(json => ApiJson.Configure(json.PayloadSerializerOptions));
        builder.WebHost.UseUrls(options.Urls);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        });

        WebApplication app = builder.Build();
        // Made now: it counts from the first request on.
        app.Services.GetRequiredService<MetricsBook>();
        app.UseMiddleware<RequestLog>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<AuditTrail>();
        app.UseExceptionHandler();
        app.UseStatusCodePages(EmptyStatus.DescribeAsync);
        app.UseMiddleware<CallerCheck>();
        app.UseResponseCompression();
        if (options.TakesRequests)
        {
            app.UsePages();
            app.UseApiDocument();
        }
        app.UseRouting();
        app.UseMiddleware<KeyCheck>();
        app.UseRateLimiter();
        app.UseMiddleware<UnknownQuery>();
        app.MapHealth();
        app.MapMetrics();
#if HANGFIRE
        Queue.Hangfire.HangfireRegistration.MapHangfireBoard(app).Takes(KeyScope.Admin).AsksInBrowser();
#endif
        if (!options.TakesRequests)
            return app;
        app.MapJobs();
        app.MapJobActions();
        app.MapTrials();
        app.MapEvents();
        app.MapCheckpoints();
        app.MapExport();
        app.MapInference();
        app.MapCatalog();
        app.MapArchitectures();
        app.MapSchedules();
        app.MapDatasets();
        app.MapAudit();
        app.MapHub<TrainingHub>(TrainingHub.Path).Takes(KeyScope.Read).TakesTokenInQuery();
        return app;
    }

    public static void SayWhere(WebApplication app, ServiceOptions options)
    {
        string address = Address(app);
        ApiLog.Serving(app.Logger, address, options.DataFolder, options.ComputeThreads);
        if (options.IsRemote && !options.KeysRequired)
            ApiLog.Remote(app.Logger, options.Urls);
    }

    /// <summary>The address as bound: with port 0 the system has chosen one.</summary>
    public static string Address(WebApplication app)
        => ListenAddress.Reachable(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
}
