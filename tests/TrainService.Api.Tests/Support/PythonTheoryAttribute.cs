using System.Diagnostics;

namespace TrainService.Api.Tests.Support;

/// <summary>A test that needs Debian's python3 with NumPy; without it it shows as skipped.</summary>
public sealed class PythonTheoryAttribute : TheoryAttribute
{
    public const string Program = "/usr/bin/python3";

    private static readonly bool Available = Answers();

    public PythonTheoryAttribute()
    {
        if (!Available)
            Skip = "Debian's python3-numpy is not installed: it runs the scripts of exported bundles.";
    }

    private static bool Answers()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(Program, ["-c", "import numpy"]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
