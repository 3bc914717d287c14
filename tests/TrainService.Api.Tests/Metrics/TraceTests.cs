using System.Net;
using System.Text;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Metrics;

/// <summary>A trace that a client begins goes on to the last epoch of its job, in what a collector really gets.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task The_trace_of_the_request_goes_on_in_the_run()
    {
        await using var collector = new Collector();
        await using ServerProcess server = await ServerProcess.StartAsync(("TRAINSERVICE__OTLPENDPOINT", collector.Address), ("OTEL_BSP_SCHEDULE_DELAY", "100"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "200"));
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/jobs") { Content = ApiClient.Json(Specs.Small(epochs: 2).ToJsonString()) };
        request.Headers.Add("traceparent", $"00-{Trace}-b7ad6b7169203331-01");
        using HttpResponseMessage answer = await server.Http.SendAsync(request);
        string job = (await answer.BodyAsync())["id"]!.GetValue<string>();
        await server.Http.WaitForAsync(job, "succeeded");

        foreach (string name in (string[])["job run", "prepare data", "epoch", "save checkpoint"])
            await Wait.UntilAsync(() => Task.FromResult(collector.Spans.Contains((Trace, name))), $"the span '{name}' has come");
        collector.Spans.Count(s => s == (Trace, "epoch")).ShouldBe(2);
        collector.Spans.ShouldContain(s => s.Trace == Trace && s.Name.StartsWith("POST", StringComparison.Ordinal));
        await Wait.UntilAsync(() => Task.FromResult(collector.Metrics.Contains("trainservice.epoch.duration", StringComparison.Ordinal)), "metrics have come");
        (await server.TerminateAsync(TimeSpan.FromSeconds(15))).ShouldBe(0);
    }

    /// <summary>Takes OTLP over HTTP and reads of the protobuf what the test asks: trace id (field 1) and name (field 5) of each span.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Task _taking;
        private readonly Lock _gate = new();
        private readonly List<(string, string)> _spans = [];
        private readonly StringBuilder _metrics = new();

        public Collector()
        {
            using var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
            free.Stop();
            _listener.Prefixes.Add(Address + "/");
            _listener.Start();
            _taking = TakeAsync();
        }

        public string Address { get; }

        public IReadOnlyList<(string Trace, string Name)> Spans
        {
            get
            {
                lock (_gate)
                    return [.. _spans];
            }
        }

        public string Metrics
        {
            get
            {
                lock (_gate)
                    return _metrics.ToString();
            }
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _taking;
            _listener.Close();
        }

        private async Task TakeAsync()
        {
            while (true)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                lock (_gate)
                {
                    if (context.Request.Url!.AbsolutePath == "/v1/traces")
                        ReadSpans(body.ToArray());
                    else
                        _metrics.Append(Encoding.Latin1.GetString(body.ToArray()));
                }

                context.Response.Close();
            }
        }

        // ExportTraceServiceRequest.resource_spans (1) > scope_spans (2) > spans (2).
        private void ReadSpans(byte[] request)
        {
            foreach (ReadOnlyMemory<byte> resource in Fields(request, 1))
                foreach (ReadOnlyMemory<byte> scope in Fields(resource, 2))
                    foreach (ReadOnlyMemory<byte> span in Fields(scope, 2))
                        _spans.Add((Convert.ToHexStringLower(Fields(span, 1).Single().Span), Encoding.UTF8.GetString(Fields(span, 5).Single().Span)));
        }

        private static IEnumerable<ReadOnlyMemory<byte>> Fields(ReadOnlyMemory<byte> message, int wanted)
        {
            int at = 0;
            while (at < message.Length)
            {
                ulong tag = Varint(message.Span, ref at);
                switch (tag & 7)
                {
                    case 0: Varint(message.Span, ref at); break;
                    case 1: at += 8; break;
                    case 5: at += 4; break;
                    default:
                        int length = (int)Varint(message.Span, ref at);
                        if ((int)(tag >> 3) == wanted)
                            yield return message.Slice(at, length);
                        at += length;
                        break;
                }
            }
        }

        private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
        {
            ulong value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte next = bytes[at++];
                value |= (ulong)(next & 127) << shift;
                if (next < 128)
                    return value;
            }
        }
    }
}
