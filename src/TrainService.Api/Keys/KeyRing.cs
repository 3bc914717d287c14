using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using TrainService.Api.Hosting;

namespace TrainService.Api.Keys;

/// <summary>
/// The keys as the running service knows them: looks at the file again once a second, so that a new or revoked key counts at once, for what is open
/// as well as for what comes.
/// </summary>
internal sealed class KeyRing : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly KeyFile _file;
    private readonly TimeProvider _time;
    private readonly ILogger<KeyRing> _log;
    private readonly Lock _gate = new();
    private readonly List<ApiKey> _own = [];
    private readonly ConcurrentDictionary<Use, byte> _uses = [];
    private readonly ITimer _rounds;
    private volatile Dictionary<string, ApiKey> _keys = [];
    private (DateTime Written, long Length)? _stamp;
    private long _looked;

    public KeyRing(IOptions<ServiceOptions> options, ILogger<KeyRing> log, TimeProvider? time = null)
    {
        (_file, _log, _time) = (new KeyFile(options.Value.DataFolder), log, time ?? TimeProvider.System);
        Look();
        _rounds = _time.CreateTimer(_ => EndUses(), null, LookEvery, LookEvery);
    }

    public void Dispose() => _rounds.Dispose();

    /// <summary>The key that this text is, when it is one that holds now.</summary>
    public ApiKey? Find(string text)
    {
        if (KeyText.IdOf(text) is not { } id)
            return null;
        bool due = _time.GetElapsedTime(Volatile.Read(ref _looked)) > LookEvery;
        if (due)
            Look();
        ApiKey? key = Match(id, text);
        if (key is not null || due)
            return key;
        // One that was made this moment is not made to wait.
        Look();
        return Match(id, text);
    }

    /// <summary>Has a use of a key that lasts, such as an open stream, ended within a second or two when the key holds no more.</summary>
    /// <param name="text">A key that holds now.</param>
    /// <param name="end">Called at most once, from another thread.</param>
    /// <returns>To be disposed of when the use has ended by itself.</returns>
    public IDisposable Watch(string text, Action end)
    {
        var use = new Use(this, text, end);
        _uses[use] = 0;
        return use;
    }

    /// <summary>A key that nobody knows but this process, and that ends with it: for what the service asks of itself.</summary>
    public string AddOwn()
    {
        string id = KeyText.NewId(), text = KeyText.New(id);
        lock (_gate)
        {
            _own.Add(new ApiKey { Id = id, Name = "own", Scope = KeyScope.Submit, CreatedAt = _time.GetUtcNow(), Secrets = [new(KeyText.HashOf(text))] });
            _keys = new(_keys) { [id] = _own[^1] };
        }

        return text;
    }

    private void EndUses()
    {
        if (_uses.IsEmpty)
            return;
        Look();
        foreach (Use use in _uses.Keys)
            if (Match(KeyText.IdOf(use.Text)!, use.Text) is null && _uses.TryRemove(use, out _))
                use.End();
    }

    private ApiKey? Match(string id, string text)
    {
        DateTimeOffset now = _time.GetUtcNow();
        return _keys.TryGetValue(id, out ApiKey? key) && key.IsActive(now) && key.Secrets.Any(s => !(s.ExpiresAt <= now) && KeyText.Matches(text, s)) ? key : null;
    }

    private void Look()
    {
        lock (_gate)
        {
            Volatile.Write(ref _looked, _time.GetTimestamp());
            try
            {
                if (_file.Stamp() is var stamp && stamp == _stamp)
                    return;
                IReadOnlyList<ApiKey> read = _file.Read();
                _keys = read.Concat(_own).ToDictionary(k => k.Id);
                _stamp = stamp;
                KeyLog.Read(_log, read.Count(k => k.IsActive(_time.GetUtcNow())), read.Count);
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException)
            {
                // Those that were read last stay: a file being mended must not let anybody in, nor lock everybody out.
                KeyLog.CouldNotRead(_log, e);
            }
        }
    }

    private sealed class Use(KeyRing ring, string text, Action end) : IDisposable
    {
        public string Text => text;

        public void End() => end();

        public void Dispose() => ring._uses.TryRemove(this, out _);
    }
}
