using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Formats.Safetensors;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs;
using TrainService.Training.Running;

namespace TrainService.Training.Checkpoints;

/// <summary>
/// Saves the checkpoints of one run, tells the best one, and removes those that the job does not keep. A run of several models saves each as a part: parts
/// are kept by the same policy, each for itself, and only the model without a part's name can be the job's best.
/// </summary>
internal sealed class CheckpointKeeper(ICheckpointStore checkpoints, IJobStore jobs, IDoorbell doorbell, RunIdentity identity,
    CheckpointPolicy policy, string monitor, bool higherIsBetter, string metadata, string? parentId = null)
{
    private const char PartMark = ':';

    private readonly Dictionary<string, (Retention Retention, string Metadata)> _parts = new(StringComparer.Ordinal) { [""] = (new(policy, higherIsBetter), metadata) };
    private string? _best;

    /// <summary>A further model of the run. To be said before <see cref="LoadAsync"/>.</summary>
    /// <param name="part">Its name, such as discriminator; its checkpoints' reason is "epoch:discriminator".</param>
    /// <param name="itsMetadata">What its checkpoints say of themselves.</param>
    public void Add(string part, string itsMetadata) => _parts.Add(part, (new Retention(policy, higherIsBetter), itsMetadata));

    /// <summary>Finds what earlier runs of the job have saved.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        string? after = null;
        do
        {
            CheckpointPage page = await checkpoints.ListAsync(identity.JobId, after, 200, ct).ConfigureAwait(false);
            foreach (CheckpointRecord record in page.Checkpoints)
                if (_parts.TryGetValue(PartOf(record), out (Retention Retention, string) part))
                    part.Retention.Add(Kept(record));
            after = page.Next;
        }
        while (after is not null);
    }

    /// <param name="snapshot">Must not change until this returns.</param>
    /// <param name="figures">Metrics of the epoch.</param>
    /// <param name="part">Which of the run's models it is; empty for the one that is the job's result.</param>
    /// <returns>False when the run is fenced.</returns>
    public async Task<bool> SaveAsync(TensorSnapshot snapshot, int epoch, long step, string reason, JsonObject figures, string part = "")
    {
        (Retention retention, string itsMetadata) = _parts[part];
        var wanted = new NewCheckpoint(identity.JobId, identity.RunToken, epoch, step, RunEvents.Text(figures), itsMetadata, parentId)
        {
            Reason = part.Length == 0 ? reason : $"{reason}{PartMark}{part}",
            Announce = RunEvents.Checkpoint,
        };
        CheckpointRecord? saved = await checkpoints.SaveAsync(wanted, (stream, _) =>
        {
            SafetensorsFile.Write(stream, [.. snapshot.Arrays], new Dictionary<string, string>
            {
                ["format"] = "trainservice",
                ["epoch"] = JsonSerializer.Serialize(epoch),
                ["step"] = JsonSerializer.Serialize(step),
                ["metadata"] = itsMetadata,
            });
            return Task.CompletedTask;
        }, CancellationToken.None).ConfigureAwait(false);
        if (saved is null) return false;
        doorbell.Ring(identity.JobId);
        retention.Add(Kept(saved));
        if (part.Length == 0 && !await TellBestAsync(saved, figures).ConfigureAwait(false)) return false;
        if (retention.Prune())
            await checkpoints.PruneAsync(identity.JobId, identity.RunToken, [.. _parts.Values.SelectMany(p => p.Retention.Saved).Select(c => c.Id)], CancellationToken.None).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> TellBestAsync(CheckpointRecord saved, JsonObject figures)
    {
        // Without keep_best the best may be removed any time: it is not pointed at then.
        if (policy.KeepBest == 0 || _parts[""].Retention.Best?.Id != saved.Id || _best == saved.Id) return true;
        _best = saved.Id;
        var best = new JsonObject { ["checkpoint"] = saved.Id, ["epoch"] = saved.Epoch };
        foreach ((string name, JsonNode? value) in figures) best[name] = value?.DeepClone();
        bool ours = await jobs.ReportAsync(new RunReport(identity.JobId, identity.RunToken) { BestJson = RunEvents.Text(best) }, CancellationToken.None).ConfigureAwait(false);
        doorbell.Ring(identity.JobId);
        return ours;
    }

    private static string PartOf(CheckpointRecord record)
    {
        int mark = record.Reason.IndexOf(PartMark);
        return mark < 0 ? "" : record.Reason[(mark + 1)..];
    }

    private KeptCheckpoint Kept(CheckpointRecord record)
    {
        double monitored = JsonNode.Parse(record.MetricsJson)?[monitor] is JsonValue value && value.TryGetValue(out double number) ? number : double.NaN;
        return new KeptCheckpoint(record.Id, record.Epoch, record.Step, monitored);
    }
}
