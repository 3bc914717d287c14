using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Formats.Safetensors;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs;
using TrainService.Training.Running;

namespace TrainService.Training.Checkpoints;

/// <summary>Saves the checkpoints of one run, tells the best one, and removes those that the job does not keep.</summary>
internal sealed class CheckpointKeeper(ICheckpointStore checkpoints, IJobStore jobs, IDoorbell doorbell, RunIdentity identity,
    CheckpointPolicy policy, string monitor, bool higherIsBetter, string metadata, string? parentId = null)
{
    private readonly Retention _retention = new(policy, higherIsBetter);
    private string? _best;

    /// <summary>Finds what earlier runs of the job have saved.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        string? after = null;
        do
        {
            CheckpointPage page = await checkpoints.ListAsync(identity.JobId, after, 200, ct).ConfigureAwait(false);
            foreach (CheckpointRecord record in page.Checkpoints) _retention.Add(Kept(record));
            after = page.Next;
        }
        while (after is not null);
    }

    /// <param name="snapshot">Must not change until this returns.</param>
    /// <param name="figures">Metrics of the epoch.</param>
    /// <returns>False when the run is fenced.</returns>
    public async Task<bool> SaveAsync(TensorSnapshot snapshot, int epoch, long step, string reason, JsonObject figures)
    {
        var wanted = new NewCheckpoint(identity.JobId, identity.RunToken, epoch, step, RunEvents.Text(figures), metadata, parentId)
        {
            Reason = reason,
            Announce = RunEvents.Checkpoint,
        };
        CheckpointRecord? saved = await checkpoints.SaveAsync(wanted, (stream, _) =>
        {
            SafetensorsFile.Write(stream, [.. snapshot.Arrays], new Dictionary<string, string>
            {
                ["format"] = "trainservice",
                ["epoch"] = JsonSerializer.Serialize(epoch),
                ["step"] = JsonSerializer.Serialize(step),
                ["metadata"] = metadata,
            });
            return Task.CompletedTask;
        }, CancellationToken.None).ConfigureAwait(false);
        if (saved is null) return false;
        doorbell.Ring(identity.JobId);
        _retention.Add(Kept(saved));
        if (!await TellBestAsync(saved, figures).ConfigureAwait(false)) return false;
        if (_retention.Prune()) await checkpoints.PruneAsync(identity.JobId, identity.RunToken, [.. _retention.Saved.Select(c => c.Id)], CancellationToken.None).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> TellBestAsync(CheckpointRecord saved, JsonObject figures)
    {
        // Without keep_best the best may be removed any time: it is not pointed at then.
        if (policy.KeepBest == 0 || _retention.Best?.Id != saved.Id || _best == saved.Id) return true;
        _best = saved.Id;
        var best = new JsonObject { ["checkpoint"] = saved.Id, ["epoch"] = saved.Epoch };
        foreach ((string name, JsonNode? value) in figures) best[name] = value?.DeepClone();
        bool ours = await jobs.ReportAsync(new RunReport(identity.JobId, identity.RunToken) { BestJson = RunEvents.Text(best) }, CancellationToken.None).ConfigureAwait(false);
        doorbell.Ring(identity.JobId);
        return ours;
    }

    private KeptCheckpoint Kept(CheckpointRecord record)
    {
        double monitored = JsonNode.Parse(record.MetricsJson)?[monitor] is JsonValue value && value.TryGetValue(out double number) ? number : double.NaN;
        return new KeptCheckpoint(record.Id, record.Epoch, record.Step, monitored);
    }
}
