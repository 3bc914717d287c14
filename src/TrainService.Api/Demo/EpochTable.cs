using System.Globalization;
using System.Text.Json;

namespace TrainService.Api.Demo;

/// <summary>A row an epoch, and on a terminal a progress bar below.</summary>
internal sealed class EpochTable(TextWriter output, bool terminal)
{
    private const int BarWidth = 30;
    private static readonly string[] NotMetrics = ["epoch", "learning_rate", "duration_seconds", "samples_per_second", "data_wait", "phase"];
    private string[]? _columns;
    private int _drawn;

    public void Epoch(JsonElement data)
    {
        Clear();
        if (_columns is null)
        {
            _columns = [.. data.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Number && !NotMetrics.Contains(p.Name)
                && !p.Name.Contains("norm", StringComparison.Ordinal)).Select(p => p.Name).Take(6)];
            output.WriteLine($"epoch {string.Concat(_columns.Select(c => $"{c,14}"))}     seconds   samples/s");
        }

        output.WriteLine($"{Number(data, "epoch"),5:0} {string.Concat(_columns.Select(c => $"{Number(data, c),14:0.0000}"))}"
            + $"{Number(data, "duration_seconds"),12:0.00}{Number(data, "samples_per_second"),12:N0}");
    }

    public void Progress(JsonElement data)
    {
        if (!terminal)
            return;
        double fraction = Math.Clamp(Number(data, "fraction"), 0, 1);
        int filled = (int)(fraction * BarWidth);
        string eta = data.TryGetProperty("eta_seconds", out JsonElement left) && left.ValueKind == JsonValueKind.Number
            ? string.Create(CultureInfo.InvariantCulture, $"{left.GetDouble():0} s left") : "";
        Draw(string.Create(CultureInfo.InvariantCulture, $"[{new string('#', filled)}{new string('.', BarWidth - filled)}] {fraction:0%}  {eta}"));
    }

    public void Note(string text)
    {
        Clear();
        output.WriteLine(text);
    }

    public void End() => Clear();

    private void Draw(string line)
    {
        output.Write($"\r{line.PadRight(_drawn)}");
        _drawn = line.Length;
    }

    private void Clear()
    {
        if (_drawn == 0)
            return;
        output.Write($"\r{new string(' ', _drawn)}\r");
        _drawn = 0;
    }

    private static double Number(JsonElement data, string member)
        => data.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;
}
