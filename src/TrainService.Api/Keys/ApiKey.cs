namespace TrainService.Api.Keys;

/// <summary>A key as it is kept: never the key itself, only the SHA-256 of it. A key has 256 random bits, so no slow hash is needed.</summary>
internal sealed record ApiKey
{
    /// <summary>Public: stands in logs, in the audit log and as owner of jobs.</summary>
    public required string Id { get; init; }

    public string? Name { get; init; }

    public required KeyScope Scope { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>More than one only while it is being rotated.</summary>
    public required IReadOnlyList<KeySecret> Secrets { get; init; }

    /// <summary>Its own limits; null takes those of the settings, 0 means none.</summary>
    public int? RequestsPerSecond { get; init; }

    /// <inheritdoc cref="RequestsPerSecond"/>
    public int? UnfinishedJobs { get; init; }

    /// <inheritdoc cref="RequestsPerSecond"/>
    public long? DiskBytes { get; init; }

    public bool IsActive(DateTimeOffset now) => RevokedAt is null && !(ExpiresAt <= now) && Secrets.Any(s => !(s.ExpiresAt <= now));
}

/// <param name="Sha256">Of the whole key as UTF-8, in lower-case hexadecimal.</param>
/// <param name="ExpiresAt">Set when another has taken its place.</param>
internal sealed record KeySecret(string Sha256, DateTimeOffset? ExpiresAt = null);
