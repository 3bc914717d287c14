using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;
using TrainService.Storage.Tests.Support;

namespace TrainService.Api.Tests.Faults;

/// <summary>Real disks that are full, limited or read-only, under a real service: new work is refused with the reason, and what runs ends as if nothing had been.</summary>
public sealed class DiskTests
{
    [SmallDiskFact]
    public async Task A_disk_that_fills_refuses_new_work_and_lets_running_work_end()
    {
        using SmallDisk disk = new(64);
        await using ServerProcess server = ServerProcess.Over(Path.Combine(disk.Folder, "data"));
        await server.StartAgainAsync(("TRAINSERVICE__MINFREEBYTES", $"{16 << 20}"));
        string expected = await WeightsAsync(server, await server.Http.SubmitAsync(Specs.Small(epochs: 6)));
        string running = await server.Http.SubmitAsync(Specs.Long(epochs: 100));

        string filler = Fill(disk.Folder, leave: 8 << 20);
        await Wait.UntilAsync(async () => (await server.Http.GetAsync("/health/ready")).StatusCode == HttpStatusCode.ServiceUnavailable, "it says that it is not ready");
        (await (await server.Http.GetAsync("/health/ready")).ShouldBeProblemAsync(503, "unavailable"))["detail"]!.GetValue<string>().ShouldContain("MiB left");
        HttpResponseMessage refused = await server.Http.PostAsync("/jobs", ApiClient.Json(Specs.Small().ToJsonString()));
        (await refused.ShouldBeProblemAsync(503, "unavailable"))["detail"]!.GetValue<string>().ShouldContain("MiB left");
        refused.Headers.RetryAfter.ShouldNotBeNull();
        await (await UploadAsync(server, "rows", 100)).ShouldBeProblemAsync(503, "unavailable");
        (await server.Http.GetAsync("/jobs")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await server.Http.WaitForAsync(running, "succeeded");

        File.Delete(filler);
        await Wait.UntilAsync(async () => (await server.Http.GetAsync("/health/ready")).IsSuccessStatusCode, "it is ready again");
        (await WeightsAsync(server, await server.Http.SubmitAsync(Specs.Small(epochs: 6)))).ShouldBe(expected);
    }

    [SmallDiskFact]
    public async Task A_disk_without_a_byte_left_loses_nothing_that_was_taken()
    {
        using SmallDisk disk = new(48);
        await using ServerProcess server = ServerProcess.Over(Path.Combine(disk.Folder, "data"));
        await server.StartAgainAsync(("TRAINSERVICE__MINFREEBYTES", "0"));
        string undisturbed = await WeightsAsync(server, await server.Http.SubmitAsync(Specs.Long(epochs: 60)));
        string blocker = await server.Http.SubmitAsync(Specs.Endless()), waiting = await server.Http.SubmitAsync(Specs.Long(epochs: 60));

        string filler = Fill(disk.Folder, leave: 0);
        HttpResponseMessage? refused = null;
        await Wait.UntilAsync(async () =>
        {
            refused = await server.Http.PostAsync("/jobs", ApiClient.Json(Big()));
            return refused.StatusCode == HttpStatusCode.ServiceUnavailable;
        }, "new work is refused");
        (await refused!.ShouldBeProblemAsync(503, "unavailable"))["detail"]!.GetValue<string>().ShouldContain("disk is full");
        await (await UploadAsync(server, "rows", 200_000)).ShouldBeProblemAsync(503, "unavailable");
        (await server.Http.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);

        File.Delete(filler);
        await Wait.UntilAsync(async () => (await server.Http.GetAsync("/health/ready")).IsSuccessStatusCode, "it is ready again");
        await server.Http.PostAsync($"/jobs/{blocker}/cancel", null);
        (await WeightsAsync(server, waiting)).ShouldBe(undisturbed);
        server.Output.ShouldNotContain("Unhandled exception");

        static string Big()
        {
            JsonNode spec = Specs.Small();
            spec["labels"] = new JsonObject(Enumerable.Range(0, 60).Select(i => KeyValuePair.Create($"label{i}", (JsonNode?)new string('x', 200))));
            return spec.ToJsonString();
        }
    }

    [LinuxFact]
    public async Task A_limit_on_the_size_of_files_is_an_error_and_no_end()
    {
        string folder = TemporaryFolder.New();
        await using ServerProcess server = ServerProcess.Over(folder, "sh", "-c", "ulimit -f 4096; exec \"$@\"", "sh");
        // The runtime maps its own code through a file, which the limit would forbid too.
        await server.StartAgainAsync(("DOTNET_EnableWriteXorExecute", "0"));
        (await (await UploadAsync(server, "large", 800_000)).ShouldBeProblemAsync(503, "unavailable"))["detail"]!.GetValue<string>().ShouldContain("disk is full");
        (await UploadAsync(server, "small", 100)).StatusCode.ShouldBe(HttpStatusCode.Created);
        await server.Http.WaitForAsync(await server.Http.SubmitAsync(Specs.Small(epochs: 1)), "succeeded");
        TemporaryFolder.Remove(folder);
    }

    [NobodyFact]
    public async Task A_read_only_folder_is_said_to_be_one_and_heals()
    {
        string folder = TemporaryFolder.New();
        Run("chown", "65534:65534", folder);
        Run("chmod", "755", folder);
        await using ServerProcess server = ServerProcess.Over(folder, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
        await server.StartAgainAsync(("HOME", folder));
        string expected = await WeightsAsync(server, await server.Http.SubmitAsync(Specs.Small(epochs: 6)));
        foreach (string part in (string[])["datasets", "uploads", "checkpoints"])
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
            Run("chmod", "-R", "a-w", Path.Combine(folder, part));
        }

        await Wait.UntilAsync(async () => (await server.Http.GetAsync("/health/ready")).StatusCode == HttpStatusCode.ServiceUnavailable, "it says that it is not ready");
        (await (await server.Http.GetAsync("/health/ready")).ShouldBeProblemAsync(503))["detail"]!.GetValue<string>().ShouldContain("can't be written");
        (await (await UploadAsync(server, "rows", 100)).ShouldBeProblemAsync(503, "unavailable"))["detail"]!.GetValue<string>().ShouldContain("can't be written");

        Run("chmod", "-R", "u+w", folder);
        Run("chown", "-R", "65534:65534", folder);
        await Wait.UntilAsync(async () => (await server.Http.GetAsync("/health/ready")).IsSuccessStatusCode, "it is ready again");
        (await WeightsAsync(server, await server.Http.SubmitAsync(Specs.Small(epochs: 6)))).ShouldBe(expected);
        TemporaryFolder.Remove(folder);
    }

    /// <summary>SHA-256 of the best weights, once the job has succeeded. Only the tensors: a file also says which job it is of.</summary>
    internal static async Task<string> WeightsAsync(ServerProcess server, string job)
    {
        string checkpoint = (await server.Http.WaitForAsync(job, "succeeded"))["best"]!["checkpoint"]!.GetValue<string>();
        using var file = new MemoryStream(await server.Http.GetByteArrayAsync($"/checkpoints/{checkpoint}/weights"));
        var all = new MemoryStream();
        foreach (TrainService.Formats.NamedArray array in TrainService.Formats.Safetensors.SafetensorsFile.Read(file).Arrays)
            all.Write(array.Bytes);
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(all.ToArray()));
    }

    private static async Task<HttpResponseMessage> UploadAsync(ServerProcess server, string name, int rows)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(name), "name" }, { new StringContent("a,b,y\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"{i % 97},{i % 89},{i % 2}\n"))), "file", "rows.csv" },
        };
        return await server.Http.PostAsync("/datasets", form);
    }

    /// <summary>Fills a disk up to so many bytes; the file to delete.</summary>
    private static string Fill(string folder, long leave)
    {
        string path = Path.Combine(folder, "filler");
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        byte[] block = new byte[4096];
        try
        {
            while (new DriveInfo(folder).AvailableFreeSpace > leave)
                file.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }

        return path;
    }

    private static void Run(string command, params string[] arguments)
    {
        using Process process = Process.Start(command, arguments);
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class LinuxFactAttribute : FactAttribute
    {
        public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "ulimit is asked of sh.";
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class NobodyFactAttribute : FactAttribute
    {
        public NobodyFactAttribute()
            => Skip = OperatingSystem.IsLinux() && Environment.UserName == "root" && File.Exists("/usr/bin/setpriv") ? null : "Becoming another user takes root and setpriv: root may write anywhere.";
    }
}
