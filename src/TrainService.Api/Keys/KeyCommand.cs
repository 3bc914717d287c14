using System.Globalization;
using TrainService.Api.Hosting;

namespace TrainService.Api.Keys;

/// <summary>
/// <c>keys create | list | rotate | revoke</c>. Works on the file of keys, beside a running service, which sees the change within a second. A new
/// key is printed once, alone on the standard output.
/// </summary>
internal sealed class KeyCommand(KeyFile file, TextWriter output, TextWriter error, TimeProvider time)
{
    public const string Usage = """
          keys create --scope read|submit|admin [--name TEXT] [--expires-days N]
                      [--requests-per-second N] [--unfinished-jobs N] [--disk-bytes N]   make an API key; it is shown once
          keys list                             every key: id, scope, state, limits
          keys rotate ID [--overlap-hours N]    a new secret for a key; the old one holds N more hours (24)
          keys revoke ID                        ends a key at once
        """;

    private static readonly string[] Numbers = ["--expires-days", "--requests-per-second", "--unfinished-jobs", "--disk-bytes", "--overlap-hours"];

    public static int Run(CommandLine line)
    {
        string folder = ServiceHost.ReadOptions(ServiceHost.CreateBuilder(line).Configuration).DataFolder;
        try
        {
            return new KeyCommand(new KeyFile(folder), Console.Out, Console.Error, TimeProvider.System).Run(line.Rest);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    public int Run(IReadOnlyList<string> words)
    {
        var given = new Dictionary<string, string>();
        var plain = new List<string>();
        for (int i = 0; i < words.Count; i++)
        {
            string[] pair = words[i].Split('=', 2);
            if (!pair[0].StartsWith("--", StringComparison.Ordinal))
                plain.Add(words[i]);
            else if (pair[0] is not ("--scope" or "--name") && !Numbers.Contains(pair[0]))
                return Fail($"'{pair[0]}' is not understood.");
            else if (pair.Length == 2 || i + 1 < words.Count)
                given[pair[0]] = pair.Length == 2 ? pair[1] : words[++i];
            else
                return Fail($"{pair[0]} needs a value.");
        }

        foreach (string name in Numbers.Where(given.ContainsKey))
            if (!long.TryParse(given[name], NumberStyles.None, CultureInfo.InvariantCulture, out long value) || (name != "--disk-bytes" && value > 1_000_000))
                return Fail($"{name}: expected a whole number, got '{given[name]}'.");
        return plain switch
        {
            ["create"] => Create(given),
            ["list"] => List(),
            ["rotate", var id] => Change(id, key => Rotate(key, Number(given, "--overlap-hours") ?? 24)),
            ["revoke", var id] => Change(id, key => (key with { RevokedAt = key.RevokedAt ?? time.GetUtcNow() }, null)),
            _ => Fail("keys takes create, list, rotate ID or revoke ID."),
        };
    }

    private int Create(Dictionary<string, string> given)
    {
        if (!given.TryGetValue("--scope", out string? word))
            return Fail("--scope is missing: read, submit or admin.");
        if (KeyScopes.Parse(word) is not { } scope)
            return Fail($"--scope: expected read, submit or admin, got '{word}'.");
        if (given.TryGetValue("--name", out string? name) && (name.Length > 100 || name.Any(char.IsControl)))
            return Fail("--name: expected at most 100 printable characters.");
        string id = KeyText.NewId(), text = KeyText.New(id);
        DateTimeOffset now = time.GetUtcNow();
        file.Change(keys => keys.Append(new ApiKey
        {
            Id = id, Name = name, Scope = scope, CreatedAt = now, Secrets = [new(KeyText.HashOf(text))],
            ExpiresAt = Number(given, "--expires-days") is { } days ? now.AddDays(days) : null,
            RequestsPerSecond = (int?)Number(given, "--requests-per-second"),
            UnfinishedJobs = (int?)Number(given, "--unfinished-jobs"),
            DiskBytes = Number(given, "--disk-bytes"),
        }));
        error.WriteLine($"{id} ({scope.Word()}). Keep it now: only its hash is stored. Send it as 'Authorization: Bearer …' or 'X-Api-Key: …'.");
        output.WriteLine(text);
        return 0;
    }

    private int List()
    {
        DateTimeOffset now = time.GetUtcNow();
        foreach (ApiKey key in file.Read())
        {
            string state = key.RevokedAt is { } at ? $"revoked {Day(at)}" : key.IsActive(now) ? key.ExpiresAt is { } end ? $"until {Day(end)}" : "active" : "expired";
            string limits = string.Join(' ', new[] { ("requests/s", (long?)key.RequestsPerSecond), ("jobs", key.UnfinishedJobs), ("bytes", key.DiskBytes) }
                .Where(l => l.Item2 is not null).Select(l => $"{l.Item2} {l.Item1}"));
            output.WriteLine($"{key.Id}  {key.Scope.Word(),-6}  {state,-19}  made {Day(key.CreatedAt)}  {key.Name} {limits}".TrimEnd());
        }

        return 0;
    }

    private int Change(string id, Func<ApiKey, (ApiKey Key, string? Text)> change)
    {
        string? text = null;
        bool found = false;
        file.Change(keys => keys.Select(key =>
        {
            if (key.Id != id)
                return key;
            found = true;
            (ApiKey changed, text) = change(key);
            return changed;
        }));
        if (!found)
            return Fail($"There is no key '{id}'.");
        if (text is not null)
            output.WriteLine(text);
        return 0;
    }

    private (ApiKey Key, string? Text) Rotate(ApiKey key, long overlapHours)
    {
        DateTimeOffset now = time.GetUtcNow(), end = now.AddHours(overlapHours);
        string text = KeyText.New(key.Id);
        IEnumerable<KeySecret> old = key.Secrets.Where(s => !(s.ExpiresAt <= now)).Select(s => s with { ExpiresAt = s.ExpiresAt < end ? s.ExpiresAt : end });
        error.WriteLine($"{key.Id}: the former secret holds until {end:yyyy-MM-dd HH:mm} UTC.");
        return (key with { Secrets = [new(KeyText.HashOf(text)), .. old] }, text);
    }

    private int Fail(string text)
    {
        error.WriteLine($"{text}\n\n{Usage}");
        return 2;
    }

    private static long? Number(Dictionary<string, string> given, string name)
        => given.TryGetValue(name, out string? text) ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    private static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
