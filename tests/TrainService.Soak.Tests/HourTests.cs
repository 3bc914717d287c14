using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;
using Xunit.Abstractions;

namespace TrainService.Soak.Tests;

/// <summary>
/// Jobs one after the other, followed and predicted with, the older ones removed: memory, handles and disk stay flat.
/// Long form: TRAINSERVICE_SOAK_MINUTES=60; TRAINSERVICE_SOAK_CSV names a file for the figures of each minute.
/// </summary>
public sealed class HourTests(ITestOutputHelper output)
{
    private const int KeptJobs = 50;

    [Fact]
    public async Task Memory_handles_and_disk_stay_flat_over_many_jobs()
    {
        int minutes = LongForm.Number("TRAINSERVICE_SOAK_MINUTES", 0);
        TimeSpan length = minutes > 0 ? TimeSpan.FromMinutes(minutes) : TimeSpan.FromSeconds(8), pause = TimeSpan.FromSeconds(minutes > 0 ? 3 : 0.1);
        TimeSpan sampling = length / 60;
        await using ServerProcess server = await ServerProcess.StartAsync(("TRAINSERVICE__THREADS", "1"));
        Queue<string> jobs = [];
        List<Sample> samples = [];
        var clock = Stopwatch.StartNew();
        for (int done = 0; clock.Elapsed < length || done < 4; done++)
        {
            string id = await server.Http.SubmitAsync(Job());
            await FollowAsync(server.Http, id);
            JsonNode job = await server.Http.GetJsonAsync($"/jobs/{id}");
            job.Status().ShouldBe("succeeded");
            using HttpResponseMessage prediction = await server.Http.PostAsync($"/checkpoints/{job["best"]!["checkpoint"]}/predict", ApiClient.Json("""{"inputs": [[1, 2]]}"""));
            prediction.EnsureSuccessStatusCode();
            jobs.Enqueue(id);
            if (jobs.Count > KeptJobs)
            {
                using HttpResponseMessage removed = await server.Http.DeleteAsync($"/jobs/{jobs.Dequeue()}");
                removed.EnsureSuccessStatusCode();
            }
            if (clock.Elapsed >= sampling * samples.Count)
            {
                samples.Add(Sample.Of(server, clock.Elapsed, done + 1));
                if (Environment.GetEnvironmentVariable("TRAINSERVICE_SOAK_CSV") is { } file)
                    await File.WriteAllLinesAsync(file, [Sample.Header, .. samples.Select(s => s.ToString())]);
            }
            await Task.Delay(pause);
        }
        output.WriteLine(Sample.Header);
        foreach (Sample sample in samples)
            output.WriteLine(sample.ToString());
        if (minutes < 10)
            return;

        // The first sixth warms up: code is compiled, pools and the kept jobs fill.
        Sample[] early = [.. samples.Skip(samples.Count / 6).Take(samples.Count / 6)], late = [.. samples.TakeLast(samples.Count / 6)];
        late.Average(s => s.ResidentMegabytes).ShouldBeLessThan(early.Average(s => s.ResidentMegabytes) * 1.1);
        late.Average(s => s.Handles).ShouldBeLessThan(early.Average(s => s.Handles) + 5);
        late.Average(s => s.DiskMegabytes).ShouldBeLessThan(early.Average(s => s.DiskMegabytes) * 1.1 + 1);
    }

    private static JsonNode Job()
    {
        JsonNode spec = Specs.Small(epochs: 10);
        spec["limits"] = new JsonObject { ["threads"] = 1 };
        return spec;
    }

    private static async Task FollowAsync(HttpClient http, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/jobs/{id}/events");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using HttpResponseMessage stream = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        (await stream.Content.ReadAsStringAsync()).ShouldContain("succeeded");
    }

    private sealed record Sample(double Minutes, int Jobs, double ResidentMegabytes, int Handles, int Threads, double DiskMegabytes)
    {
        public const string Header = "minutes,jobs,resident_mb,handles,threads,disk_mb";

        public static Sample Of(ServerProcess server, TimeSpan at, int jobs)
        {
            using Process process = Process.GetProcessById(server.ProcessId);
            return new(at.TotalMinutes, jobs, process.WorkingSet64 / 1e6, Directory.EnumerateFileSystemEntries($"/proc/{server.ProcessId}/fd").Count(),
                process.Threads.Count, new DirectoryInfo(server.Data).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Exists ? f.Length : 0) / 1e6);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Minutes:0.0},{Jobs},{ResidentMegabytes:0.0},{Handles},{Threads},{DiskMegabytes:0.00}");
    }
}
