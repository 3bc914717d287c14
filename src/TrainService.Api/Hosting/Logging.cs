using Serilog;
using Serilog.Events;

namespace TrainService.Api.Hosting;

/// <summary>Serilog: one compact line an entry, the job's id in front when there is one.</summary>
internal static class Logging
{
    private const string Template = "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{JobMark}{NewLine}{Exception}";

    public static void AddServiceLogging(this WebApplicationBuilder builder, bool quiet)
    {
        LoggerConfiguration configuration = new LoggerConfiguration()
            .ReadFrom.Configuration(builder.Configuration)
            .Enrich.FromLogContext()
            .Enrich.With<JobMark>()
            .Filter.ByExcluding(FailedStart)
            .WriteTo.Console(outputTemplate: Template, formatProvider: System.Globalization.CultureInfo.InvariantCulture);
        if (quiet)
            configuration = configuration.MinimumLevel.Warning();
        builder.Logging.ClearProviders();
        builder.Logging.AddSerilog(configuration.CreateLogger(), dispose: true);
    }

    // The command that starts the host says in one sentence why it could not; the host's own stack trace adds nothing.
    private static bool FailedStart(LogEvent entry)
        => entry.Properties.TryGetValue("EventId", out LogEventPropertyValue? id) && id.ToString().Contains("HostedServiceStartupFaulted", StringComparison.Ordinal);
}
