using TrainService.Data.Fashion;
using TrainService.Storage;

namespace TrainService.Api.Hosting;

/// <summary>
/// The settings of the service: section <c>TrainService</c> of appsettings.json, environment <c>TRAINSERVICE__…</c>, command line; the later wins.
/// </summary>
public sealed class ServiceOptions
{
    public const string Section = "TrainService";

    /// <summary>Addresses to listen on, separated by semicolons.</summary>
    public string Urls { get; set; } = "http://127.0.0.1:8080";

    /// <summary>The folder that everything written lies under; relative to the working folder.</summary>
    public string Data { get; set; } = "./data";

    /// <summary>What this process does: take requests (<c>api</c>), train (<c>worker</c>), or both (<c>all</c>). Several processes share one PostgreSQL and one data folder.</summary>
    public string Role { get; set; } = "all";

    /// <summary>Connection string of a PostgreSQL database; empty for SQLite in the data folder, which one process can use.</summary>
    public string Postgres { get; set; } = "";

    /// <summary>With PostgreSQL: a worker that has not been heard of for so many seconds loses its jobs to others.</summary>
    public double LeaseSeconds { get; set; } = 15;

    /// <summary>Threads of the compute pool; 0 takes one for each core.</summary>
    public int Threads { get; set; }

    /// <summary>Jobs that train at the same time.</summary>
    public int ConcurrentJobs { get; set; } = 1;

    /// <summary>Seconds of training after which the full state of a job is saved again: what a crash costs at most.</summary>
    public double ResumeSeconds { get; set; } = 5;

    /// <summary>A job whose process ends so often in a row while it runs, with nothing saved in between, is failed.</summary>
    public int MaxProcessLosses { get; set; } = 3;

    /// <summary>Days after its end at which a job is removed with its log and checkpoints; 0 keeps all.</summary>
    public double KeepJobsDays { get; set; }

    /// <summary>Lets other machines call without an API key: for when something in front checks callers, or nobody but this machine gets through.</summary>
    public bool AllowRemote { get; set; }

    /// <summary>Whether callers must show an API key: <c>auto</c> (as soon as other machines can reach it, unless <see cref="AllowRemote"/>), <c>required</c> or <c>off</c>.</summary>
    public string Keys { get; set; } = "auto";

    /// <summary>Requests a second for each API key, twice as many at once; 0: no limit. A key can have its own.</summary>
    public int RequestsPerSecond { get; set; } = 100;

    /// <summary>Jobs that an API key may have waiting and running at a time; 0: no limit. A key can have its own.</summary>
    public int UnfinishedJobs { get; set; } = 1000;

    /// <summary>Bytes that checkpoints and datasets of an API key may take; 0: no limit. A key can have its own.</summary>
    public long DiskBytes { get; set; }

    /// <summary>New work is refused while the disk of the data folder has less room than this.</summary>
    public long MinFreeBytes { get; set; } = 128 << 20;

    /// <summary>Most epochs, parameters and bytes of memory of one job; 0: what the machine and the format allow.</summary>
    public int MaxEpochs { get; set; }

    /// <inheritdoc cref="MaxEpochs"/>
    public long MaxParameters { get; set; }

    /// <inheritdoc cref="MaxEpochs"/>
    public long MaxJobMemoryBytes { get; set; }

    /// <summary>Bytes that an upload may unpack to on disk.</summary>
    public long MaxStoredBytes { get; set; } = 8L << 30;

    /// <summary>Where an OpenTelemetry collector takes traces and metrics, such as http://127.0.0.1:4318; empty: they are not sent. OTEL_EXPORTER_OTLP_ENDPOINT is taken too.</summary>
    public string OtlpEndpoint { get; set; } = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") ?? "";

    /// <summary>How: <c>http/protobuf</c> or <c>grpc</c>. OTEL_EXPORTER_OTLP_PROTOCOL is taken too.</summary>
    public string OtlpProtocol { get; set; } = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL") ?? "http/protobuf";

    /// <summary>Largest JSON body in bytes.</summary>
    public long MaxBodyBytes { get; set; } = 8 << 20;

    /// <summary>Largest upload in bytes.</summary>
    public long MaxUploadBytes { get; set; } = 2L << 30;

    /// <summary>Seconds of silence after which an event stream says that it is alive.</summary>
    public double HeartbeatSeconds { get; set; } = 15;

    /// <summary>Predictions and evaluations that run or wait at a time; more are answered with 429.</summary>
    public int MaxInferenceRequests { get; set; } = 32;

    /// <summary>Where the four files of Fashion-MNIST may lie already.</summary>
    public string FashionMnistFolder { get; set; } = FashionMnistOptions.DebianFolder;

    /// <summary>The demo may fetch Fashion-MNIST: by apt-get when it is root, or by a checked download.</summary>
    public bool AllowFetch { get; set; } = true;

    /// <summary>Other machines can reach it.</summary>
    public bool IsRemote => ListenAddress.Errors(Urls, allowRemote: false).Any() && !ListenAddress.Errors(Urls, allowRemote: true).Any();

    public bool KeysRequired => Keys == "required" || (Keys == "auto" && IsRemote && !AllowRemote);

    /// <summary>Other processes may work on the same jobs.</summary>
    public bool IsShared => Postgres.Length > 0;

    public bool RunsJobs => Role is not "api";

    public bool TakesRequests => Role is not "worker";

    public StorageOptions Storage => IsShared ? new(DataFolder, StorageProvider.PostgreSql, Postgres) : new(DataFolder);

    public TimeSpan? Lease => IsShared ? TimeSpan.FromSeconds(LeaseSeconds) : null;

    public string DataFolder => Path.GetFullPath(Data);

    /// <summary>Where files of uploads wait while they are checked.</summary>
    public string UploadFolder => Path.Combine(DataFolder, "uploads");

    public int ComputeThreads => Threads > 0 ? Threads : Environment.ProcessorCount;

    /// <summary>What is wrong with the settings, each as a sentence; empty when nothing is.</summary>
    public IEnumerable<string> Errors()
    {
        if (Role is not ("all" or "api" or "worker"))
            yield return $"--role: expected all, api or worker, got '{Role}'.";
        else if (Role is not "all" && !IsShared)
            yield return $"--role: {Role} needs a database that processes can share: set TRAINSERVICE__POSTGRES to the connection string of a PostgreSQL database.";
        if (!(LeaseSeconds >= 1 && LeaseSeconds <= 3600))
            yield return $"LeaseSeconds: expected 1 to 3600, got {LeaseSeconds}.";
        if (Threads is < 0 or > 1024)
            yield return $"--threads: expected 0 (one for each core) to 1024, got {Threads}.";
        if (ConcurrentJobs is < 1 or > 64)
            yield return $"ConcurrentJobs: expected 1 to 64, got {ConcurrentJobs}.";
        if (!(ResumeSeconds >= 0.01 && ResumeSeconds <= 3600))
            yield return $"ResumeSeconds: expected 0.01 to 3600, got {ResumeSeconds}.";
        if (MaxProcessLosses is < 1 or > 1000)
            yield return $"MaxProcessLosses: expected 1 to 1000, got {MaxProcessLosses}.";
        if (!(KeepJobsDays >= 0 && KeepJobsDays <= 36500))
            yield return $"KeepJobsDays: expected 0 (for ever) to 36500, got {KeepJobsDays}.";
        if (MaxBodyBytes < 1024)
            yield return $"MaxBodyBytes: expected at least 1024, got {MaxBodyBytes}.";
        if (MaxUploadBytes < 1024)
            yield return $"MaxUploadBytes: expected at least 1024, got {MaxUploadBytes}.";
        if (!(HeartbeatSeconds > 0 && HeartbeatSeconds <= 3600))
            yield return $"HeartbeatSeconds: expected above 0, up to 3600, got {HeartbeatSeconds}.";
        if (MaxInferenceRequests < 1)
            yield return $"MaxInferenceRequests: expected at least 1, got {MaxInferenceRequests}.";
        if (OtlpEndpoint.Length > 0 && !(Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out Uri? collector) && collector.Scheme is "http" or "https"))
            yield return $"OtlpEndpoint: expected an address such as http://127.0.0.1:4318, got '{OtlpEndpoint}'.";
        if (OtlpProtocol is not ("http/protobuf" or "grpc"))
            yield return $"OtlpProtocol: expected http/protobuf or grpc, got '{OtlpProtocol}'.";
        if (Keys is not ("auto" or "required" or "off"))
            yield return $"Keys: expected auto, required or off, got '{Keys}'.";
        foreach ((string name, long value) in new[]
        {
            (nameof(RequestsPerSecond), RequestsPerSecond), (nameof(UnfinishedJobs), UnfinishedJobs), (nameof(DiskBytes), DiskBytes), (nameof(MinFreeBytes), MinFreeBytes),
            (nameof(MaxEpochs), MaxEpochs), (nameof(MaxParameters), MaxParameters), (nameof(MaxJobMemoryBytes), MaxJobMemoryBytes), (nameof(MaxStoredBytes), MaxStoredBytes),
        })
        {
            if (value < 0)
                yield return $"{name}: expected 0 or more, got {value}.";
        }

        foreach (string error in ListenAddress.Errors(Urls, AllowRemote || Keys != "off"))
            yield return error;
    }
}
