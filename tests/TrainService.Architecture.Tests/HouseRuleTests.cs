using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TrainService.Architecture.Tests;

/// <summary>Rules that hold for every file, read off the files.</summary>
public partial class HouseRuleTests
{
    private const int LongestFile = 400;
    private static readonly string[] Text = [".cs", ".csproj", ".props", ".md", ".json", ".yml", ".sh", ".html", ".js", ".mjs", ".ts", ".tsx", ".css", ".py", ""];

    [Fact]
    public void Every_source_project_says_in_a_readme_what_it_is_for()
        => Repository.Projects("src").Select(p => Path.Combine(Path.GetDirectoryName(p)!, "README.md")).Where(f => !File.Exists(f)).ShouldBeEmpty();

    [Fact]
    public void No_source_file_is_longer_than_one_can_hold_in_mind()
        => Repository.Files(".cs", ".ts", ".tsx", ".js").Where(f => File.ReadLines(Path.Combine(Repository.Root, f)).Count() > LongestFile).ShouldBeEmpty();

    [Fact]
    public void No_path_of_one_machine_is_written_down()
        => Repository.Files(Text).Where(f => MachinePath().IsMatch(Repository.Read(f))).ShouldBeEmpty();

    [Fact]
    public void Versions_of_packages_stand_in_one_place()
        => Repository.Files(".csproj").SelectMany(f => XDocument.Parse(Repository.Read(f)).Descendants("PackageReference")
            .Where(e => e.Attribute("Version") is not null || e.Attribute("VersionOverride") is not null)
            .Select(e => $"{f}: {e.Attribute("Include")!.Value}")).ShouldBeEmpty();

    [Fact]
    public void Every_package_version_is_exact()
    {
        XElement[] versions = [.. XDocument.Parse(Repository.Read("src/Directory.Packages.props")).Descendants("PackageVersion")];
        versions.Select(v => v.Attribute("Version")!.Value).Where(v => !ExactVersion().IsMatch(v)).ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_is_left_for_later()
        => Repository.Files(".cs", ".ts", ".tsx", ".js").Where(f => Unfinished().IsMatch(Repository.Read(f))).ShouldBeEmpty();

    // Assembled from parts, so that this file does not find itself.
    [GeneratedRegex("(?<![\\w.}])/(" + "work|root|home" + "/[a-z]|tmp/" + "bash)")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"^\d+(\.\d+){1,3}$")]
    private static partial Regex ExactVersion();

    [GeneratedRegex(@"\b(TO" + "DO|FIX" + "ME|HA" + "CK)\\b|NotImplemented" + "Exception")]
    private static partial Regex Unfinished();
}
