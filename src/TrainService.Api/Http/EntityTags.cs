using Microsoft.Net.Http.Headers;

namespace TrainService.Api.Http;

/// <summary>ETag, If-None-Match and If-Match (RFC 9110, 13.1) for things that count their versions.</summary>
public static class EntityTags
{
    public static EntityTagHeaderValue Of(long version) => new($"\"{version}\"");

    /// <summary>The client has this version already.</summary>
    public static bool Known(HttpRequest request, long version)
        => request.GetTypedHeaders().IfNoneMatch.Any(t => t.Compare(Of(version), useStrongComparison: false) || t.Equals(EntityTagHeaderValue.Any));

    /// <summary>The tags that If-Match asks for, when the version is none of them; null when it may go on.</summary>
    public static string? Mismatch(HttpRequest request, long version)
    {
        IList<EntityTagHeaderValue> wanted = request.GetTypedHeaders().IfMatch;
        bool matches = wanted.Count == 0 || wanted.Any(t => t.Compare(Of(version), useStrongComparison: true) || t.Equals(EntityTagHeaderValue.Any));
        return matches ? null : string.Join(", ", wanted);
    }

    public static void Write(HttpResponse response, long version) => response.Headers.ETag = Of(version).ToString();
}
