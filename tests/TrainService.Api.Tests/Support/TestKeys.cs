using System.Net;
using System.Net.Sockets;
using TrainService.Api.Keys;

namespace TrainService.Api.Tests.Support;

/// <summary>API keys, made as the command makes them.</summary>
internal static class TestKeys
{
    private static int _addresses;

    /// <summary>The key itself, as it was printed.</summary>
    public static string Create(string folder, string scope, params string[] options) => Run(folder, 0, ["create", "--scope", scope, .. options]).Output.Trim();

    public static (string Output, string Error) Run(string folder, int exitCode, params string[] words)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        new KeyCommand(new KeyFile(folder), output, error, TimeProvider.System).Run(words).ShouldBe(exitCode, error.ToString());
        return (output.ToString(), error.ToString());
    }

    public static string IdOf(string key) => KeyText.IdOf(key)!;

    public static HttpRequestMessage With(this HttpRequestMessage request, string? key)
    {
        if (key is not null)
            request.Headers.Authorization = new("Bearer", key);
        return request;
    }

    /// <summary>A client that shows this key with every request.</summary>
    public static HttpClient Client(this ServerProcess server, string? key)
    {
        var http = new HttpClient { BaseAddress = new Uri(server.Address) };
        if (key is not null)
            http.DefaultRequestHeaders.Add(KeyCheck.Header, key);
        return http;
    }

    /// <summary>
    /// A client from a loopback address that nobody else calls from. The service slows down who shows no key that holds, by address: what one
    /// test is refused must not count against another.
    /// </summary>
    public static HttpClient ClientFromElsewhere(this ServerProcess server)
    {
        int number = Interlocked.Increment(ref _addresses);
        var address = new IPAddress([127, 77, (byte)(number >> 8), (byte)number]);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, ct) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(address, 0));
                await socket.ConnectAsync(context.DnsEndPoint, ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        return new HttpClient(handler) { BaseAddress = new Uri(server.Address) };
    }
}
