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
internal sealed class CheckpointKeeper(ICheckpointStore checkpoints, IDoorbell doorbell, RunIdentity identity,
    CheckpointPolicy policy, string monitor, bool higherIsBetter, string metadata, string? parentId = null)
{
    private const char PartMark = ':';

    private readonly Dictionary<string, (Retention Retention, string Metadata)> _parts = new(StringComparer.Ordinal) { [""] = (new(policy, higherIsBetter), metadata) };
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
        (Retention before, string itsMetadata) = _parts[part];
        Retention after = before;
        var wanted = new NewCheckpoint(identity.JobId, identity.RunToken, epoch, step, RunEvents.Text(figures), itsMetadata, parentId)
        {
            Reason = part.Length == 0 ? reason : $"{reason}{PartMark}{part}",
            Announce = RunEvents.Checkpoint,
            Standing = saved =>
            {
                // On a copy: the transaction may fail, and be tried again with another id.
                after = before.With(Kept(saved));
                string? best = part.Length == 0 && after.Best?.Id == saved.Id ? BestJson(saved, figures) : null;
                return new CheckpointStanding(best, after.Prune() ? [.. _parts.Where(p => p.Key != part).Select(p => p.Value.Retention).Append(after).SelectMany(r => r.Saved).Select(c => c.Id)] : null);
            },
        };
        CheckpointRecord? stored = await checkpoints.SaveAsync(wanted, (stream, _) =>
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
        if (stored is null) return false;
        _parts[part] = (after, itsMetadata);
        doorbell.Ring(identity.JobId);
        return true;
    }

    /// <summary>What the job says of its best checkpoint. Without keep_best the best may be removed any time: it is not pointed at then.</summary>
    private string? BestJson(CheckpointRecord saved, JsonObject figures)
    {
        if (policy.KeepBest == 0) return null;
        var best = new JsonObject { ["checkpoint"] = saved.Id, ["epoch"] = saved.Epoch };
        foreach ((string name, JsonNode? value) in figures) best[name] = value?.DeepClone();
        return RunEvents.Text(best);
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
