namespace TrainService.Data.Fashion;

/// <summary>
/// Finds Fashion-MNIST (Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747; MIT licence): in a folder, from Debian's package, or by a checked download;
/// in that order, as far as the options allow.
/// </summary>
public static class FashionMnist
{
    public const string Name = "fashion-mnist";

    /// <summary>The first folder that holds all four files; null when none does. Looks only at names.</summary>
    public static string? FindFolder(FashionMnistOptions options)
        => options.Folders.FirstOrDefault(folder => FashionMnistFile.All.All(file => file.Find(folder) is not null));

    /// <summary>Never throws for anything but cancellation: what went wrong ends up in the explanation.</summary>
    /// <param name="options">Folders, and what may be done.</param>
    /// <param name="progress">Called now and then from any thread.</param>
    public static async Task<LocateResult> LocateAsync(FashionMnistOptions options, IProgress<LocateProgress>? progress, CancellationToken ct)
    {
        if (FindFolder(options) is { } folder) return new(folder, "folder", null);
        List<string> tried = [];
        if (options.AllowInstall)
        {
            string? problem = await PackageInstaller.InstallAsync(options, progress, ct);
            if (problem is null && FindFolder(options) is { } installed) return new(installed, "package", null);
            tried.Add(problem ?? "the package dataset-fashion-mnist holds no such files");
        }
        if (options.AllowDownload && options.DownloadFolder is { } target)
        {
            string? problem = await Downloader.DownloadAsync(options, target, progress, ct);
            if (problem is null) return new(target, "download", null);
            tried.Add(problem);
        }
        string because = tried.Count == 0 ? "" : $" ({string.Join("; ", tried)})";
        string where = options.DownloadFolder ?? (options.Folders.Count > 0 ? options.Folders[0] : FashionMnistOptions.DebianFolder);
        return new(null, null, $"Fashion-MNIST is not on this machine{because}: run \"apt-get install dataset-fashion-mnist\" as root, or put its four files ({FashionMnistFile.TrainImages.Name}.gz and so on) into {where}.");
    }
}
