using System.Diagnostics;
using Microsoft.Extensions.Options;
using TrainService.Api.Hosting;
using TrainService.Jobs;

namespace TrainService.Api.Keys;

/// <summary>Whether new work is taken: there is room on the disk, and within what the caller's key may take of it.</summary>
internal sealed class Admission(FreeSpace space, DiskQuota disk, IOptions<ServiceOptions> options)
{
    /// <summary>Throws a 503 or a 429 when it isn't.</summary>
    /// <returns>Who sends it, for a job.</returns>
    public async Task<Submitter> RequireAsync(HttpContext http, CancellationToken ct)
    {
        space.Require();
        Caller caller = http.Caller();
        await disk.RequireAsync(caller, ct);
        return new Submitter(caller.Owner, caller.UnfinishedJobs(options.Value), Activity.Current?.Id);
    }
}
