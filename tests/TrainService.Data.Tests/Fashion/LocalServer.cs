using System.Net;
using System.Net.Sockets;

namespace TrainService.Data.Tests.Fashion;

/// <summary>Serves the files of a folder on this machine, for as long as a test runs.</summary>
internal sealed class LocalServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<string, byte[]?> _answer;

    /// <param name="answer">A file's bytes by its name; null for 404.</param>
    public LocalServer(Func<string, byte[]?> answer)
    {
        _answer = answer;
        Address = new Uri($"http://127.0.0.1:{FreePort()}/files/");
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address { get; }

    public List<string> Asked { get; } = [];

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
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
            string name = Path.GetFileName(context.Request.Url!.AbsolutePath);
            lock (Asked) Asked.Add(name);
            try
            {
                if (_answer(name) is { } content)
                {
                    context.Response.ContentLength64 = content.Length;
                    await context.Response.OutputStream.WriteAsync(content);
                }
                else
                {
                    context.Response.StatusCode = 404;
                }
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // The client has had enough.
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
