using Serilog.Core;
using Serilog.Events;

namespace TrainService.Api.Hosting;

/// <summary>Says which job a line belongs to, when it was written within a run and does not say so itself.</summary>
internal sealed class JobMark : ILogEventEnricher
{
    /// <summary>The name that a run's scope gives to its job.</summary>
    private const string Scope = "job";

    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        bool marked = logEvent.Properties.TryGetValue(Scope, out LogEventPropertyValue? value) && value is ScalarValue { Value: string id }
            && !logEvent.MessageTemplate.Text.Contains("{Job", StringComparison.Ordinal);
        logEvent.AddPropertyIfAbsent(propertyFactory.CreateProperty(nameof(JobMark), marked ? $" [{((ScalarValue)value!).Value}]" : ""));
    }
}
