using Microsoft.Net.Http.Headers;

namespace TrainService.Api.Http;

/// <summary>Which packed form of an answer a client takes (RFC 9110, 12.5.3).</summary>
internal static class PackedForms
{
    public const string Brotli = "br", Gzip = "gzip";

    /// <summary><c>br</c>, <c>gzip</c>, or null for neither. Of two that it takes equally gladly the smaller one.</summary>
    public static string? Choose(HttpRequest request)
    {
        double brotli = 0, gzip = 0;
        foreach (StringWithQualityHeaderValue accepted in request.GetTypedHeaders().AcceptEncoding)
        {
            double quality = accepted.Quality ?? 1;
            if (accepted.Value == Brotli) brotli = quality;
            else if (accepted.Value == Gzip) gzip = quality;
        }
        return brotli > 0 && brotli >= gzip ? Brotli : gzip > 0 ? Gzip : null;
    }
}
