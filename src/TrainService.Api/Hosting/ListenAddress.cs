using System.Net;
using System.Net.Sockets;

namespace TrainService.Api.Hosting;

/// <summary>Checks the addresses to listen on. Where no API key is asked for only this machine may call, unless told otherwise explicitly.</summary>
public static class ListenAddress
{
    public static IEnumerable<string> Errors(string urls, bool allowRemote)
    {
        string[] parts = Split(urls);
        if (parts.Length == 0)
            yield return "--urls: expected an address such as http://127.0.0.1:8080.";
        foreach (string url in parts)
        {
            if (Parse(url) is not { } address)
                yield return $"--urls: expected an address such as http://127.0.0.1:8080, got '{url}'.";
            else if (!allowRemote && !IsLocal(address))
                yield return $"--urls: {url} can be reached from other machines, and API keys are off. Listen on 127.0.0.1, leave TRAINSERVICE__KEYS at auto, "
                    + "or set TRAINSERVICE__ALLOWREMOTE=true if something in front of it checks who calls.";
        }
    }

    /// <summary>Where this machine reaches the service: the first address, with a wildcard host replaced.</summary>
    public static string Reachable(string urls)
    {
        BindingAddress address = Parse(Split(urls)[0])!;
        string host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host;
        return $"{address.Scheme}://{host}:{address.Port}";
    }

    /// <summary>The first address that another process listens on. Asked before anything is started, since the server itself binds last.</summary>
    public static string? FirstTaken(string urls) => Split(urls).FirstOrDefault(url => Parse(url) is { IsUnixPipe: false } address && IsTaken(address));

    public static bool IsLocalHost(string host)
        => host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));

    public static string[] Split(string urls) => urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsLocal(BindingAddress address) => address.IsUnixPipe || IsLocalHost(address.Host);

    private static BindingAddress? Parse(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme is "http" && address.Port is >= 0 and <= 65535 ? address : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static bool IsTaken(BindingAddress address)
    {
        IPAddress ip = IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? parsed) ? parsed
            : IsLocalHost(address.Host) ? IPAddress.Loopback : IPAddress.Any;
        using var probe = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(ip, address.Port));
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return true;
        }
        catch (SocketException)
        {
            // Something else is wrong with it: the server says what.
            return false;
        }
    }
}
