using TrainService.Data.Fashion;

namespace TrainService.Data.Tests.Fashion;

public sealed class FashionMnistTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_with_all_four_files_is_taken_at_once()
    {
        foreach (FashionMnistFile file in FashionMnistFile.All) await File.WriteAllTextAsync(Path.Combine(_folder.Path, file.Name), "");
        LocateResult found = await LocateAsync(new() { Folders = ["/nowhere", _folder.Path] });
        found.ShouldBe(new LocateResult(_folder.Path, "folder", null));
        File.Delete(Path.Combine(_folder.Path, FashionMnistFile.TestImages.Name));
        (await LocateAsync(new() { Folders = [_folder.Path], AllowInstall = false, AllowDownload = false })).Found.ShouldBeFalse();
    }

    [Fact]
    public async Task When_nothing_may_be_done_one_sentence_says_what_to_do()
    {
        LocateResult missing = await LocateAsync(new()
        {
            Folders = [], AllowInstall = false, AllowDownload = false,
            DownloadFolder = "/data/fashion"
        });
        missing.Explanation.ShouldBe("Fashion-MNIST is not on this machine: run \"apt-get install dataset-fashion-mnist\" as root, "
            + "or put its four files (train-images-idx3-ubyte.gz and so on) into /data/fashion.");
    }

    [FashionMnistFact]
    public async Task A_download_is_checked_and_reported_and_found_by_the_library()
    {
        using var server = new LocalServer(name => File.ReadAllBytes(Path.Combine(FashionMnistOptions.DebianFolder, name)));
        using var library = new TestLibrary(fashion: new() { Folders = [], Mirrors = [server.Address], AllowInstall = false });
        var progress = new Recorder();
        LocateResult found = await FashionMnist.LocateAsync(library.Library.FashionMnist, progress, CancellationToken.None);
        found.How.ShouldBe("download");
        progress.Reports.Where(p => p.What == "train-images-idx3-ubyte.gz").Last()
            .ShouldSatisfyAllConditions(p => p.Bytes.ShouldBe(p.TotalBytes!.Value), p => p.Bytes.ShouldBeGreaterThan(26_000_000));
        (await library.OpenAsync("fashion-mnist")).Train.Count.ShouldBe(60_000);
        Directory.EnumerateFiles(found.Folder!).Count().ShouldBe(4);
    }

    [FashionMnistFact]
    public async Task What_a_first_mirror_does_not_have_the_next_one_gives()
    {
        using var empty = new LocalServer(_ => null);
        using var full = new LocalServer(name => File.ReadAllBytes(Path.Combine(FashionMnistOptions.DebianFolder, name)));
        string target = Path.Combine(_folder.Path, "target");
        LocateResult found = await LocateAsync(new()
        {
            Folders = [], DownloadFolder = target, Mirrors = [empty.Address, full.Address],
            AllowInstall = false
        });
        found.Folder.ShouldBe(target);
        empty.Asked.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_wrong_check_sum_leaves_nothing_behind()
    {
        using var server = new LocalServer(_ => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]);
        string target = Path.Combine(_folder.Path, "target");
        LocateResult missing = await LocateAsync(new() { Folders = [], DownloadFolder = target, Mirrors = [server.Address], AllowInstall = false });
        missing.Explanation!.ShouldContain("(127.0.0.1 did not give train-images-idx3-ubyte.gz: the SHA-256 is wrong)");
        Directory.EnumerateFileSystemEntries(target).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_answer_larger_than_any_file_is_cut_off()
    {
        using var server = new LocalServer(_ => new byte[41_000_000]);
        string target = Path.Combine(_folder.Path, "target");
        (await LocateAsync(new() { Folders = [], DownloadFolder = target, Mirrors = [server.Address], AllowInstall = false })).Found.ShouldBeFalse();
        Directory.EnumerateFileSystemEntries(target).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_mirror_that_is_not_there_is_named()
    {
        LocateResult missing = await LocateAsync(new()
        {
            Folders = [], DownloadFolder = _folder.Path, Mirrors = [new("http://127.0.0.1:1/")],
            AllowInstall = false
        });
        missing.Explanation!.ShouldContain("127.0.0.1 did not give");
    }

    [Fact]
    public async Task Root_may_install_the_package_and_others_are_told_why_not()
    {
        string target = Path.Combine(_folder.Path, "installed"), log = Path.Combine(_folder.Path, "log");
        string names = string.Join(' ', FashionMnistFile.All.Select(f => f.Name + ".gz"));
        string command = Script($"echo \"$@\" >> {log}\nif [ \"$1\" = install ]; then mkdir -p {target}; cd {target}; touch {names}; fi");
        LocateResult result = await LocateAsync(new() { Folders = [target], AptGet = command, AllowDownload = false });
        if (!Environment.IsPrivilegedProcess)
        {
            result.Explanation!.ShouldContain("not root");
            return;
        }
        result.ShouldBe(new LocateResult(target, "package", null));
        (await File.ReadAllLinesAsync(log)).ShouldBe(["update", "install -y --no-install-recommends dataset-fashion-mnist"]);
    }

    [Theory]
    [InlineData("exit 100", 60, "failed")]
    [InlineData("sleep 60", 1, "took longer than 1 s")]
    public async Task An_installation_that_fails_or_hangs_is_given_up(string script, int seconds, string reason)
    {
        LocateResult result = await LocateAsync(new()
        {
            Folders = [], AptGet = Script(script), InstallTimeout = TimeSpan.FromSeconds(seconds),
            AllowDownload = false
        });
        result.Explanation!.ShouldContain(Environment.IsPrivilegedProcess ? reason : "not root");
    }

    [Fact]
    public async Task Without_apt_get_there_is_no_package()
    {
        LocateResult result = await LocateAsync(new() { Folders = [], AptGet = "/nowhere/apt-get", AllowDownload = false });
        result.Explanation!.ShouldContain(Environment.IsPrivilegedProcess ? "there is no /nowhere/apt-get here" : "not root");
    }

    private static Task<LocateResult> LocateAsync(FashionMnistOptions options) => FashionMnist.LocateAsync(options, null, CancellationToken.None);

    private string Script(string body)
    {
        string path = Path.Combine(_folder.Path, $"{Guid.NewGuid():n}.sh");
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private sealed class Recorder : IProgress<LocateProgress>
    {
        public List<LocateProgress> Reports { get; } = [];

        public void Report(LocateProgress value) => Reports.Add(value);
    }
}
