using System.Diagnostics;

namespace TrainService.Storage.Tests.Support;

/// <summary>A file system of a few megabytes, in memory, that can really be filled.</summary>
internal sealed class SmallDisk : IDisposable
{
    public SmallDisk(int megabytes)
    {
        if (!Mount(Folder, megabytes))
            throw new InvalidOperationException("It could be mounted before.");
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("tsdisk").FullName;

    public void MakeReadOnly(bool readOnly) => Run("mount", "-o", readOnly ? "remount,ro" : "remount,rw", Folder).ShouldBeTrue();

    public void Dispose()
    {
        Run("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    /// <summary>Null where one can be mounted: it takes root, and not every container lets it.</summary>
    public static string? WhyNot()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            return "Mounting a small disk takes root on Linux.";
        string folder = Directory.CreateTempSubdirectory("tsdisk").FullName;
        bool can = Mount(folder, 1);
        if (can)
            Run("umount", folder);
        Directory.Delete(folder);
        return can ? null : "This container does not allow mounting.";
    }

    private static bool Mount(string folder, int megabytes) => Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder);

    private static bool Run(string command, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}

/// <summary>Skipped where no small disk can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SmallDiskFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> WhyNot = new(SmallDisk.WhyNot);

    public SmallDiskFactAttribute() => Skip = WhyNot.Value;
}
