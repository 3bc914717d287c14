using System.Text.Json;
using System.Text.Json.Serialization;
using TrainService.Contracts;
using TrainService.Contracts.Architectures;
using TrainService.Contracts.Audit;
using TrainService.Contracts.Checkpoints;
using TrainService.Contracts.Datasets;
using TrainService.Contracts.Events;
using TrainService.Contracts.Jobs;
using TrainService.Contracts.Problems;
using TrainService.Contracts.Schedules;
using TrainService.Specification.Publishing;

namespace TrainService.Api.Http;

/// <summary>How the records of Contracts are written: snake_case, generated code rather than reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = JsonBody.MaxDepth)]
[JsonSerializable(typeof(JobResource))]
[JsonSerializable(typeof(JobListResource))]
[JsonSerializable(typeof(JobChainResource))]
[JsonSerializable(typeof(ChainValidationResource))]
[JsonSerializable(typeof(TrialsResource))]
[JsonSerializable(typeof(JobEditRequest))]
[JsonSerializable(typeof(JobDeletedResource))]
[JsonSerializable(typeof(JobForkRequest))]
[JsonSerializable(typeof(ValidationResource))]
[JsonSerializable(typeof(JobEventResource))]
[JsonSerializable(typeof(JobEventListResource))]
[JsonSerializable(typeof(MetricsResource))]
[JsonSerializable(typeof(CheckpointResource))]
[JsonSerializable(typeof(CheckpointListResource))]
[JsonSerializable(typeof(CheckpointEditRequest))]
[JsonSerializable(typeof(CheckpointDeletedResource))]
[JsonSerializable(typeof(PredictResource))]
[JsonSerializable(typeof(EvaluateResource))]
[JsonSerializable(typeof(ExplainResource))]
[JsonSerializable(typeof(HistogramsResource))]
[JsonSerializable(typeof(SchedulePreviewResource))]
[JsonSerializable(typeof(Catalog))]
[JsonSerializable(typeof(DatasetResource))]
[JsonSerializable(typeof(DatasetListResource))]
[JsonSerializable(typeof(DatasetPreviewResource))]
[JsonSerializable(typeof(ProblemResource))]
[JsonSerializable(typeof(HealthResource))]
[JsonSerializable(typeof(AuditListResource))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(float))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(ArchitectureListResource))]
[JsonSerializable(typeof(bool))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>The same settings for endpoints, hub and streams.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = null;
        options.MaxDepth = JsonBody.MaxDepth;
        options.TypeInfoResolverChain.Insert(0, Default);
    }
}
