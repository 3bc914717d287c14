namespace TrainService.Data.Fashion;

/// <summary>Where to look for Fashion-MNIST, and what may be done to get it.</summary>
public sealed record FashionMnistOptions
{
    /// <summary>
    /// Folders that may hold the four files, gzipped or not; the first that has all four is taken. <see cref="DatasetLibrary"/> looks into its own
    /// folder first.
    /// </summary>
    public IReadOnlyList<string> Folders { get; init; } = [DebianFolder];

    /// <summary>
    /// Where a download goes; null: nowhere, so that there is none. <see cref="DatasetLibrary.FashionMnist"/> has the library's own folder here.
    /// </summary>
    public string? DownloadFolder { get; init; }

    /// <summary>May run <c>apt-get install dataset-fashion-mnist</c>, when the process is root and apt-get is there.</summary>
    public bool AllowInstall { get; init; } = true;

    /// <summary>The command that installs packages.</summary>
    public string AptGet { get; init; } = "apt-get";

    public TimeSpan InstallTimeout { get; init; } = TimeSpan.FromMinutes(3);

    public bool AllowDownload { get; init; } = true;

    /// <summary>Addresses of folders that serve the four .gz files, tried in order.</summary>
    public IReadOnlyList<Uri> Mirrors { get; init; } =
    [
        new("https://storage.googleapis.com/tensorflow/tf-keras-datasets/"),
        new("https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"),
        new("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
    ];

    /// <summary>For each file.</summary>
    public TimeSpan DownloadTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Where Debian's package dataset-fashion-mnist puts its files.</summary>
    public const string DebianFolder = "/usr/share/datasets/fashion-mnist";
}

/// <summary>How far the search has come.</summary>
/// <param name="What">A few words: "apt-get install dataset-fashion-mnist", "train-images-idx3-ubyte.gz".</param>
/// <param name="Bytes">Received so far, of a download.</param>
/// <param name="TotalBytes">Null when it is not known.</param>
public sealed record LocateProgress(string What, long Bytes = 0, long? TotalBytes = null);

/// <summary>The folder, or one sentence that says what to do.</summary>
/// <param name="How">Where it came from: folder, package, download. Null when it was not found.</param>
public sealed record LocateResult(string? Folder, string? How, string? Explanation)
{
    public bool Found => Folder is not null;
}
