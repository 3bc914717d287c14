using System.Reflection;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using TrainService.Api.Hosting;
using TrainService.Jobs;

namespace TrainService.Api.Metrics;

/// <summary>
/// Sends traces and metrics to an OpenTelemetry collector when an endpoint is set. All else is as OpenTelemetry's own variables say: OTEL_EXPORTER_OTLP_HEADERS,
/// OTEL_TRACES_SAMPLER, OTEL_RESOURCE_ATTRIBUTES, OTEL_METRIC_EXPORT_INTERVAL.
/// </summary>
internal sealed class OtlpExport(IOptions<ServiceOptions> options) : IHostedService, IDisposable
{
    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.OtlpEndpoint is not { Length: > 0 } endpoint)
            return Task.CompletedTask;
        string version = typeof(OtlpExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        void Describe(ResourceBuilder resource) => resource.AddService("trainservice", serviceVersion: version).AddEnvironmentVariableDetector();
        var address = new Uri(endpoint);
        _traces = Sdk.CreateTracerProviderBuilder().ConfigureResource(Describe).AddSource(Telemetry.Name, "Microsoft.AspNetCore")
            .AddOtlpExporter(o => Address(o, "v1/traces")).Build();
        _metrics = Sdk.CreateMeterProviderBuilder().ConfigureResource(Describe).AddMeter([.. MetricsBook.Meters])
            .AddOtlpExporter((o, _) => Address(o, "v1/metrics")).Build();
        return Task.CompletedTask;

        // Over gRPC one address serves all; over HTTP each signal has a path of its own, which an endpoint given in code doesn't get by itself.
        void Address(OtlpExporterOptions to, string path)
        {
            to.Protocol = options.Value.OtlpProtocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
            to.Endpoint = to.Protocol == OtlpExportProtocol.Grpc ? address : new Uri(new Uri(endpoint.TrimEnd('/') + "/"), path);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        // What the last jobs had to say is worth a moment, not the time that a shutdown has.
        _traces?.ForceFlush(1000);
        _metrics?.ForceFlush(1000);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }
}
