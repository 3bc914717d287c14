using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using TrainService.Api.Problems;

namespace TrainService.Api.Http;

/// <summary>A JSON body, read whole and checked for everything that a JSON text can be wrong in before anyone looks at its meaning.</summary>
public sealed class JsonBody : IDisposable
{
    /// <summary>Deepest nesting taken: a model's layers nest far less.</summary>
    public const int MaxDepth = 64;

    // A key that stands twice is left to who reads the meaning: it is reported with its place, among all other errors.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };
    private readonly JsonDocument _document;

    private JsonBody(JsonDocument document, string hash) => (_document, Hash) = (document, hash);

    public JsonElement Root => _document.RootElement;

    /// <summary>SHA-256 of the bytes, in hexadecimal.</summary>
    public string Hash { get; }

    /// <summary>Throws <see cref="ProblemException"/>: 400 with the position, 413 or 415.</summary>
    /// <param name="limit">Most bytes taken; null keeps the server's limit.</param>
    public static async Task<JsonBody> ReadAsync(HttpRequest request, CancellationToken ct, long? limit = null)
    {
        RequireJson(request);
        if (limit is not null && request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = limit;
        using var buffer = new MemoryStream((int)Math.Clamp(request.ContentLength ?? 4096, 256, 1 << 20));
        await request.Body.CopyToAsync(buffer, ct);
        return Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
    }

    /// <summary>Throws <see cref="ProblemException"/> with the position of the first error.</summary>
    public static JsonBody Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length == 0)
            throw new ProblemException(ProblemOf.BrokenJson("The body is empty.", 1, 1));
        try
        {
            CheckTexts(utf8.Span);
            byte[] copy = utf8.ToArray();
            return new JsonBody(JsonDocument.Parse(copy, Options), Convert.ToHexStringLower(SHA256.HashData(copy)));
        }
        catch (JsonException e)
        {
            throw new ProblemException(ProblemOf.BrokenJson(e));
        }
    }

    public void Dispose() => _document.Dispose();

    private static void RequireJson(HttpRequest request)
    {
        bool json = MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
                || (type.Type.Equals("application", StringComparison.OrdinalIgnoreCase) && type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)))
            && (!type.Charset.HasValue || type.Charset.Value!.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase));
        if (!json)
            throw new ProblemException(ProblemOf.UnsupportedMediaType(request.ContentType, "application/json (UTF-8)"));
    }

    // A document accepts texts that only fail when they are read: invalid UTF-8, lone surrogates. Found here, with their place.
    private static void CheckTexts(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
                continue;
            try
            {
                if (reader.ValueIsEscaped || !Ascii(reader.ValueSpan))
                    _ = reader.GetString();
            }
            catch (InvalidOperationException)
            {
                (long line, long column) = Position(utf8[..(int)reader.TokenStartIndex]);
                throw new ProblemException(ProblemOf.BrokenJson("This text holds bytes or escapes that are not valid Unicode.", line, column));
            }
        }
    }

    private static bool Ascii(ReadOnlySpan<byte> text) => System.Text.Ascii.IsValid(text);

    private static (long Line, long Column) Position(ReadOnlySpan<byte> before)
        => (before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'));
}
