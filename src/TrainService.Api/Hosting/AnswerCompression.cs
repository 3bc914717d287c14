using System.IO.Compression;
using Microsoft.AspNetCore.ResponseCompression;

namespace TrainService.Api.Hosting;

/// <summary>
/// Packs answers for clients that ask for it (browsers do, curl doesn't). Event streams are not among the types: each of their events must leave at once.
/// What is packed already, weights and pictures, is left as it is.
/// </summary>
internal static class AnswerCompression
{
    public static void AddAnswerCompression(this IServiceCollection services)
    {
        services.AddResponseCompression(options =>
        {
            // Keys come in a header that no foreign page can make a browser send, and no answer repeats them: there is no secret to guess by length (BREACH).
            options.EnableForHttps = true;
            options.Providers.Add<BrotliCompressionProvider>();
            options.Providers.Add<GzipCompressionProvider>();
            options.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/problem+json", "text/csv", "text/markdown", "image/svg+xml"];
        });
        // The processor belongs to the training: what is sent often is packed quickly rather than well.
        services.Configure<BrotliCompressionProviderOptions>(o => o.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(o => o.Level = CompressionLevel.Fastest);
    }
}
