namespace TrainService.Data.Fashion;

/// <summary>Downloads the four files, checks each, and puts it in place under its name only then.</summary>
internal static class Downloader
{
    // The largest packed file has 26,421,880 bytes.
    private const long MostBytes = 40_000_000;

    /// <summary>Null when all files are in <paramref name="folder"/>; otherwise why not, in a few words.</summary>
    public static async Task<string?> DownloadAsync(FashionMnistOptions options, string folder, IProgress<LocateProgress>? progress,
        CancellationToken ct)
    {
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            Directory.CreateDirectory(folder);
            foreach (FashionMnistFile file in FashionMnistFile.All)
                if (file.Find(folder) is null && await DownloadAsync(client, options, file, folder, progress, ct) is { } problem) return problem;
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the download could not be written: {e.Message}";
        }
    }

    private static async Task<string?> DownloadAsync(HttpClient client, FashionMnistOptions options, FashionMnistFile file, string folder,
        IProgress<LocateProgress>? progress, CancellationToken ct)
    {
        string problem = "no mirror is set";
        foreach (Uri mirror in options.Mirrors)
        {
            string temporary = Path.Combine(folder, $".{Guid.CreateVersion7():n}.gz");
            using var bounded = CancellationTokenSource.CreateLinkedTokenSource(ct);
            bounded.CancelAfter(options.DownloadTimeout);
            try
            {
                await FetchAsync(client, new Uri(mirror, file.Name + ".gz"), temporary, file, progress, bounded.Token);
                file.Read(temporary);
                File.Move(temporary, Path.Combine(folder, file.Name + ".gz"), overwrite: true);
                return null;
            }
            catch (Exception e) when (e is HttpRequestException or HttpIOException or InvalidDataException)
            {
                problem = $"{mirror.Host} did not give {file.Name}.gz: {(e is InvalidDataException ? "the SHA-256 is wrong" : e.Message)}";
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                problem = $"{mirror.Host} took longer than {options.DownloadTimeout.TotalSeconds:0} s";
            }
            finally
            {
                File.Delete(temporary);
            }
        }
        return problem;
    }

    private static async Task FetchAsync(HttpClient client, Uri address, string path, FashionMnistFile file, IProgress<LocateProgress>? progress,
        CancellationToken ct)
    {
        using HttpResponseMessage response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, ct);
        response.EnsureSuccessStatusCode();
        long? total = response.Content.Headers.ContentLength;
        await using Stream body = await response.Content.ReadAsStreamAsync(ct);
        await using FileStream target = new(path, FileMode.CreateNew, FileAccess.Write);
        byte[] block = new byte[1 << 16];
        long done = 0;
        for (int got; (got = await body.ReadAsync(block, ct)) > 0;)
        {
            done += got;
            if (done > MostBytes) throw new InvalidDataException("The answer is larger than the file.");
            await target.WriteAsync(block.AsMemory(0, got), ct);
            progress?.Report(new($"{file.Name}.gz", done, total));
        }
        await target.FlushAsync(ct);
        target.Flush(flushToDisk: true);
    }
}
