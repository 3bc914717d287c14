using TrainService.Api.Datasets;
using TrainService.Api.Endpoints;
using TrainService.Api.Keys;
using TrainService.Api.Metrics;
using TrainService.Api.Streaming;
using TrainService.Data;
using TrainService.Data.Fashion;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Sweeps;
using TrainService.Queue;
using TrainService.Storage;
using TrainService.Tensors.Threading;
using TrainService.Training;
using TrainService.Training.Compilation;
using TrainService.Training.Export;
using TrainService.Training.Inference;
using TrainService.Training.Inference.Explaining;
using TrainService.Training.Inference.Histograms;
using TrainService.Training.Reuse;

namespace TrainService.Api.Hosting;

/// <summary>Which implementation stands behind which port. The only place that knows.</summary>
internal static class Composition
{
    /// <param name="storage">Opened before, so that a folder in use or a damaged database is said before anything else starts.</param>
    public static void AddTrainService(this IServiceCollection services, ServiceOptions options, TrainStorage storage)
    {
        services.AddSingleton(storage);
        services.AddSingleton(storage.Jobs);
        services.AddSingleton(storage.Checkpoints);
        services.AddSingleton(storage.Audit);
        AddDoorbell(services, options);
        services.AddSingleton(new RunLeases(storage.Jobs, options.Lease));
        services.AddSingleton<EventStream>();
        services.AddSingleton<Broadcasts>();
        services.AddSingleton<JobService>();
        services.AddSingleton(new RetryPolicy { MostLosses = options.MaxProcessLosses });
        services.AddSingleton(new RunnerOptions { ResumeInterval = TimeSpan.FromSeconds(options.ResumeSeconds) });
        services.AddSingleton(p => new JobRetention(p.GetRequiredService<IJobStore>(), p.GetRequiredService<JobService>(),
            options.KeepJobsDays > 0 ? TimeSpan.FromDays(options.KeepJobsDays) : null));
        services.AddSingleton<RunFailures>();
        services.AddSingleton<SweepDriver>();
        services.AddSingleton<Runner>();
        services.AddSingleton(p => new TrackedRunner(p.GetRequiredService<Runner>()));
        services.AddSingleton<IJobRunner>(p => p.GetRequiredService<TrackedRunner>());
        services.AddSingleton<Sweeper>();
#if HANGFIRE
        Queue.Hangfire.HangfireRegistration.AddHangfireQueue(services, QueueOptionsOf(options));
#else
        services.AddQuartzQueue(QueueOptionsOf(options));
#endif
        services.AddQueueService();
        services.AddSingleton(_ => new ComputePool(options.ComputeThreads));
        services.AddSingleton(LibraryOf(options));
        services.AddSingleton(new JobLimits(options.MaxEpochs, options.MaxParameters, options.MaxJobMemoryBytes));
        services.AddSingleton<ISpecCompiler, SpecCompiler>();
        services.AddSingleton(p => new LoadedNetworks(p.GetRequiredService<ICheckpointStore>()));
        services.AddSingleton<PredictionService>();
        services.AddSingleton<EvaluationService>();
        services.AddSingleton<ExplanationService>();
        services.AddSingleton<HistogramService>();
        services.AddSingleton<CheckpointImporter>();
        services.AddSingleton<CheckpointExporter>();
        services.AddSingleton<InferenceGate>();
        services.AddSingleton<DatasetUse>();
        services.AddSingleton<JobWait>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<FreeSpace>();
        services.AddSingleton<KeyRing>();
        services.AddSingleton<DiskQuota>();
        services.AddSingleton<Admission>();
        services.AddSingleton(_ => new MetricsBook());
        services.AddHostedService<JobCounts>();
        services.AddHostedService<OtlpExport>();
        services.AddSingleton<AuditQueue>();
        services.AddHostedService(p => p.GetRequiredService<AuditQueue>());
    }

    private static void AddDoorbell(IServiceCollection services, ServiceOptions options)
    {
        if (!options.IsShared)
        {
            services.AddSingleton<IDoorbell>(new InProcessDoorbell());
            return;
        }
        services.AddSingleton(p => new PostgresDoorbell(options.Postgres, p.GetRequiredService<ILogger<PostgresDoorbell>>()));
        services.AddSingleton<IDoorbell>(p => p.GetRequiredService<PostgresDoorbell>());
        services.AddHostedService(p => p.GetRequiredService<PostgresDoorbell>());
    }

    private static QueueOptions QueueOptionsOf(ServiceOptions options)
    {
        QueueOptions queue = new() { MaxConcurrency = options.ConcurrentJobs, RunsJobs = options.RunsJobs };
        return options.Lease is { } lease ? queue with { ConnectionString = PostgresConnection.Prepare(options.Postgres), Lease = lease, SweepInterval = lease / 3 } : queue;
    }

    private static DatasetLibrary LibraryOf(ServiceOptions options) => new(
        Path.Combine(options.DataFolder, "datasets"),
        new DatasetLibraryOptions
        {
            Limits = new DatasetLimits { MaxUploadBytes = options.MaxUploadBytes, MaxStoredBytes = options.MaxStoredBytes },
            FashionMnist = new FashionMnistOptions
            {
                Folders = [Path.GetFullPath(options.FashionMnistFolder)], AllowInstall = options.AllowFetch, AllowDownload = options.AllowFetch,
            },
        });
}
