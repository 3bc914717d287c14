using Dapper;
using TrainService.Storage.Database;
using TrainService.Storage.Files;

namespace TrainService.Storage.Checkpoints;

/// <summary>Removes what a process that died left behind: temporary files, checkpoint files without a row, resume points of jobs that have ended.</summary>
internal static class FileSweep
{
    /// <summary>Younger files may belong to a write that is still under way, in this process or another.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(10);

    public static Task<int> RunAsync(IDatabase database, CheckpointFiles files, ResumePoints resume, TimeProvider time, CancellationToken ct)
        => database.ReadAsync(async db =>
        {
            DateTime before = (time.GetUtcNow() - Age).UtcDateTime;
            int removed = 0;
            foreach ((string? jobId, string folder) in files.Folders().ToList())
            {
                ct.ThrowIfCancellationRequested();
                string sql = jobId is null ? "SELECT id FROM checkpoints WHERE job_id IS NULL" : CheckpointSql.IdsOfJob;
                HashSet<string> known = [.. await db.QueryAsync<string>(sql, new { jobId }).ConfigureAwait(false)];
                removed += Remove(folder, before, file => !known.Contains(Path.GetFileNameWithoutExtension(file)));
            }

            string[] ids = [.. resume.Jobs()];
            HashSet<string> alive = ids.Length == 0 ? []
                : [.. (await db.QueryAsync<string>(CheckpointSql.Alive).ConfigureAwait(false))];
            foreach (string id in ids)
                removed += Remove(resume.FolderOf(id), before, file => !alive.Contains(id) || file.EndsWith(DurableFile.TemporaryExtension, StringComparison.Ordinal));
            return removed;
        }, ct);

    private static int Remove(string folder, DateTime before, Func<string, bool> unwanted)
    {
        int removed = 0;
        foreach (string file in Directory.EnumerateFiles(folder).ToList())
            if (unwanted(file) && File.GetLastWriteTimeUtc(file) < before && DurableFile.Delete(file))
                removed++;
        CheckpointFiles.DeleteIfEmpty(folder);
        return removed;
    }
}
