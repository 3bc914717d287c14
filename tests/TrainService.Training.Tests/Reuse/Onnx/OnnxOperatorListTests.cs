using System.Text.RegularExpressions;
using TrainService.Training.Reuse.Import.Onnx;
using TrainService.Training.Tests.Export.Onnx;

namespace TrainService.Training.Tests.Reuse.Onnx;

/// <summary>README.md lists the operators that are taken in: no more and no fewer than there are.</summary>
public partial class OnnxOperatorListTests
{
    [Fact]
    public void The_list_in_the_README_is_the_registry()
    {
        Match line = Line().Match(File.ReadAllText(Path.Combine(OnnxRuntime.Root(), "README.md")).ReplaceLineEndings("\n"));
        line.Success.ShouldBeTrue("README.md has a paragraph 'ONNX operators taken in (versions 1 to 24): …; of constants and shapes alone also ….'");
        Names(line.Groups["layers"]).ShouldBe(OnnxOperators.All.Keys.Order(StringComparer.Ordinal));
        Names(line.Groups["constants"]).ShouldBe(OnnxFolding.Known.Except(OnnxOperators.All.Keys).Order(StringComparer.Ordinal));
    }

    private static string[] Names(Group list) => [.. list.Value.Split([", ", ",\n"], StringSplitOptions.TrimEntries)];

    [GeneratedRegex("^ONNX operators taken in \\(versions 1 to 24\\): (?<layers>[A-Za-z, \n]+); of constants and shapes alone also (?<constants>[A-Za-z, \n]+)\\.$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
