using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace TrainService.Api.Hosting;

/// <summary>The pages: the dashboard at / when it was built, a plain page otherwise.</summary>
internal static class DashboardFiles
{
    private const string Folder = "/dashboard", Index = $"{Folder}/index.html";

    public static void UsePages(this WebApplication app)
    {
        bool built = app.Environment.WebRootFileProvider.GetFileInfo(Index).Exists;
        app.Use((http, next) =>
        {
            if (built && http.Request.Path.Value is ("/" or Folder or $"{Folder}/")) http.Request.Path = Index;
            return next(http);
        });
        app.UseDefaultFiles();
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = SetCaching });
    }

    // What the build names by its content never changes; the page that names it must be asked for each time.
    private static void SetCaching(StaticFileResponseContext file)
        => file.Context.Response.Headers[HeaderNames.CacheControl] = file.Context.Request.Path.StartsWithSegments($"{Folder}/assets") ? "public, max-age=31536000, immutable" : "no-cache";
}
