using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;
using TrainService.Api.Http;

namespace TrainService.Api.Hosting;

/// <summary>The pages: the dashboard at / when it was built, a plain page otherwise. What its build has packed already is sent so to whoever takes it.</summary>
internal static class DashboardFiles
{
    private const string Folder = "/dashboard", Index = $"{Folder}/index.html", Assets = $"{Folder}/assets";
    private static readonly Dictionary<string, string> Encodings = new() { [".br"] = PackedForms.Brotli, [".gz"] = PackedForms.Gzip };

    public static void UsePages(this WebApplication app)
    {
        IFileProvider files = app.Environment.WebRootFileProvider;
        bool built = files.GetFileInfo(Index).Exists;
        app.Use((http, next) =>
        {
            if (built && http.Request.Path.Value is ("/" or Folder or $"{Folder}/")) http.Request.Path = Index;
            if (http.Request.Path.StartsWithSegments(Assets) && PackedForms.Choose(http.Request) is { } chosen)
            {
                string packed = $"{http.Request.Path}{Encodings.First(e => e.Value == chosen).Key}";
                if (files.GetFileInfo(packed).Exists) http.Request.Path = packed;
            }
            return next(http);
        });
        app.UseDefaultFiles();
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = SetHeaders, ContentTypeProvider = new UnpackedTypes() });
    }

    private static void SetHeaders(StaticFileResponseContext file)
    {
        IHeaderDictionary headers = file.Context.Response.Headers;
        // What the build names by its content never changes; the page that names it must be asked for each time.
        bool named = file.Context.Request.Path.StartsWithSegments(Assets);
        headers.CacheControl = named ? "public, max-age=31536000, immutable" : "no-cache";
        if (named) headers.Vary = HeaderNames.AcceptEncoding;
        if (Encodings.TryGetValue(Path.GetExtension(file.File.Name), out string? encoding)) headers.ContentEncoding = encoding;
    }

    /// <summary>A packed file has the type of what is in it.</summary>
    private sealed class UnpackedTypes : IContentTypeProvider
    {
        private readonly FileExtensionContentTypeProvider _types = new();

        public bool TryGetContentType(string subpath, out string contentType)
            => _types.TryGetContentType(Encodings.ContainsKey(Path.GetExtension(subpath)) ? Path.ChangeExtension(subpath, null) : subpath, out contentType!);
    }
}
