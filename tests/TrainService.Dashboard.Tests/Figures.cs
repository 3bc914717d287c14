using Xunit.Abstractions;

namespace TrainService.Dashboard.Tests;

/// <summary>Figures are taken when TRAINSERVICE_DASHBOARD_FIGURES is set, on a machine that has nothing else to do; to a file that it names, if it is a path.</summary>
internal static class Figures
{
    public const string Model = """{"type": "sequential", "layers": [{"type": "dense", "units": 16, "activation": "tanh"}, {"type": "dense", "units": 2, "activation": "softmax"}]}""";
    private static readonly string? Asked = Environment.GetEnvironmentVariable("TRAINSERVICE_DASHBOARD_FIGURES");

    public static bool Wanted => Asked is { Length: > 0 };

    public static void Tell(ITestOutputHelper output, string figure)
    {
        output.WriteLine(figure);
        if (Path.IsPathRooted(Asked)) File.AppendAllText(Asked, figure + "\n");
    }

    public static double Median(IReadOnlyCollection<double> values) => values.Count == 0 ? double.NaN : values.Order().ElementAt(values.Count / 2);
}
