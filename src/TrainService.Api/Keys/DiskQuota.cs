using Microsoft.Extensions.Options;
using TrainService.Api.Hosting;
using TrainService.Api.Problems;
using TrainService.Data;
using TrainService.Jobs.Ports;

namespace TrainService.Api.Keys;

/// <summary>What a key's checkpoints and datasets take together. Looked at before more is taken in; a job that runs already is not stopped by it.</summary>
internal sealed class DiskQuota(ICheckpointStore checkpoints, DatasetLibrary datasets, IOptions<ServiceOptions> options)
{
    /// <summary>Throws a 429 when it is used up.</summary>
    public async Task RequireAsync(Caller caller, CancellationToken ct)
    {
        if (caller.Owner is not { } owner || caller.DiskBytes(options.Value) is not { } limit)
            return;
        long used = await checkpoints.BytesOfAsync(owner, ct) + (await datasets.ListAsync(ct)).Where(d => d.Owner == owner).Sum(d => d.Bytes);
        if (used >= limit)
            throw new ProblemException(ProblemOf.OverQuota($"The checkpoints and datasets of {owner} take {used:N0} of {limit:N0} bytes; delete some first.", retryAfterSeconds: 60));
    }
}
