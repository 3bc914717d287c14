using System.Globalization;
using TrainService.Data.Fashion;

namespace TrainService.Api.Demo;

/// <summary>What the search for the data is doing: a line for each thing, with a count of bytes on a terminal.</summary>
internal sealed class LocateLine(TextWriter output, bool terminal) : IProgress<LocateProgress>
{
    private readonly Lock _gate = new();
    private string? _what;

    public void Report(LocateProgress value)
    {
        lock (_gate)
        {
            if (_what != value.What)
            {
                if (_what is not null)
                    output.WriteLine();
                output.Write(value.What);
                _what = value.What;
            }

            if (terminal && value.Bytes > 0)
            {
                string share = value.TotalBytes is > 0 ? string.Create(CultureInfo.InvariantCulture, $" of {value.TotalBytes / 1048576.0:0.0}") : "";
                output.Write(string.Create(CultureInfo.InvariantCulture, $"\r{value.What} {value.Bytes / 1048576.0:0.0}{share} MiB "));
            }
        }
    }

    public void End()
    {
        lock (_gate)
        {
            if (_what is not null)
                output.WriteLine();
        }
    }
}
