using System.Diagnostics;

namespace TrainService.Api.Tests.Support;

/// <summary>A test that needs node and npm; without them it shows as skipped.</summary>
public sealed class NodeFactAttribute : FactAttribute
{
    private static readonly bool Available = Answers("node") && Answers("npm");

    public NodeFactAttribute()
    {
        if (!Available)
            Skip = "node and npm are not installed: the hub is tested with npm's @microsoft/signalr.";
    }

    private static bool Answers(string program)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
