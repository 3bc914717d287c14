using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace TrainService.Api.Keys;

/// <summary>
/// How a key is written: <c>ts_{id}_{secret}</c>. The prefix lets scanners of leaked secrets find it, the id (10 characters) names it in
/// logs, the secret is 256 random bits in base64url.
/// </summary>
internal static class KeyText
{
    public const string IdPrefix = "key_";
    private const string Prefix = "ts_";
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int IdLength = 10;
    private const int SecretBytes = 32;
    private const int Longest = 200;

    public static string NewId() => IdPrefix + RandomNumberGenerator.GetString(Alphabet, IdLength);

    /// <summary>A new key for this id.</summary>
    public static string New(string id) => $"{Prefix}{id[IdPrefix.Length..]}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}";

    /// <summary>The id within a key; null when it isn't written like one.</summary>
    public static string? IdOf(string key)
        => key.Length is > 3 + IdLength + 1 and <= Longest && key.StartsWith(Prefix, StringComparison.Ordinal) && key[Prefix.Length + IdLength] == '_'
            ? string.Concat(IdPrefix, key.AsSpan(Prefix.Length, IdLength))
            : null;

    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Takes the same time wherever they differ.</summary>
    public static bool Matches(string key, KeySecret secret)
        => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(HashOf(key)), Encoding.ASCII.GetBytes(secret.Sha256));
}
