using TrainService.Api.Keys;
using TrainService.Api.Problems;
using TrainService.Jobs.Ports;

namespace TrainService.Api.Http;

/// <summary>The Idempotency-Key header: 1 to 255 visible ASCII characters.</summary>
internal static class IdempotencyKeys
{
    public const string Header = "Idempotency-Key";

    /// <summary>Null when there is none; throws a 400 when it is not a key.</summary>
    public static IdempotencyKey? Read(HttpRequest request, string bodyHash)
    {
        if (!request.Headers.TryGetValue(Header, out var values))
            return null;
        string key = values.ToString();
        return key.Length is >= 1 and <= 255 && key.All(c => c is > ' ' and < '\x7f')
            ? new IdempotencyKey(key, bodyHash, request.HttpContext.Caller().Owner ?? "")
            : throw new ProblemException(ProblemOf.BadRequest($"{Header}: expected 1 to 255 visible ASCII characters."));
    }
}
