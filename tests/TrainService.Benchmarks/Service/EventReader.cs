using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TrainService.Benchmarks.Service;

/// <summary>Follows a job's event stream on a bare socket: a thousand of them must cost a client little. Checks that numbers come 1, 2, 3 …</summary>
internal sealed class EventReader : IDisposable
{
    private static readonly byte[] Mark = "\nid: "u8.ToArray();
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[16 << 10];
    private int _matched = 1;
    private long _number = -1;

    /// <summary>Number of the last event that came.</summary>
    public long Last { get; private set; }

    /// <summary>Numbers that did not follow the one before.</summary>
    public int OutOfOrder { get; private set; }

    /// <summary>Returns when the stream has ended.</summary>
    public async Task FollowAsync(Uri server, string job, CancellationToken ct)
    {
        await _socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), ct);
        await _socket.SendAsync(Encoding.ASCII.GetBytes($"GET /jobs/{job}/events HTTP/1.1\r\nHost: {server.Authority}\r\nAccept: text/event-stream\r\nConnection: close\r\n\r\n"), ct);
        while (await _socket.ReceiveAsync(_buffer, ct) is var length && length > 0) Take(_buffer.AsSpan(0, length));
    }

    public void Dispose() => _socket.Dispose();

    // A line "id: N" can be cut anywhere by packets and by the chunks of HTTP, whose own lines end in \r\n like the head does.
    private void Take(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            if (_number >= 0)
            {
                if (b is >= (byte)'0' and <= (byte)'9') _number = (_number * 10) + b - '0';
                else
                {
                    if (_number != Last + 1) OutOfOrder++;
                    (Last, _number, _matched) = (_number, -1, b == '\n' ? 1 : 0);
                }
            }
            else if (b == Mark[_matched])
            {
                if (++_matched == Mark.Length) (_number, _matched) = (0, 0);
            }
            else _matched = b == '\n' ? 1 : 0;
        }
    }
}
