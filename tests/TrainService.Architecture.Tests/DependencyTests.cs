using System.Xml.Linq;

namespace TrainService.Architecture.Tests;

/// <summary>The way of the data allows no cycle and no second way: each project may see only what this table says.</summary>
public class DependencyTests
{
    // Reading rule: a project may reference fewer than these, never more. Packages likewise.
    private static readonly Dictionary<string, (string[] Projects, string[] Packages)> Allowed = new()
    {
        ["Specification"] = ([], []),
        ["Contracts"] = ([], []),
        ["Formats"] = ([], ["Google.Protobuf"]),
        ["Tensors"] = (["Specification"], ["System.Numerics.Tensors"]),
        ["NeuralNet"] = (["Tensors", "Specification"], ["MathNet.Numerics"]),
        ["Architectures"] = (["NeuralNet", "Tensors", "Specification"], []),
        ["Data"] = (["Specification", "Formats", "Tensors"], ["Microsoft.Extensions.Logging.Abstractions"]),
        ["Jobs"] = (["Contracts", "Specification"], ["Microsoft.Extensions.Logging.Abstractions"]),
        ["Training"] = (["Jobs", "NeuralNet", "Architectures", "Data", "Formats"], ["Microsoft.Extensions.Logging.Abstractions"]),
        ["Storage"] = (["Jobs"],
            ["Dapper", "Microsoft.Data.Sqlite", "Npgsql", "Microsoft.Extensions.Hosting.Abstractions", "Microsoft.Extensions.Logging.Abstractions"]),
        ["Queue"] = (["Jobs"], ["Quartz", "Microsoft.Extensions.Hosting.Abstractions", "Microsoft.Extensions.Logging.Abstractions"]),
        ["Queue.Hangfire"] = (["Jobs", "Queue"], ["Hangfire.AspNetCore", "Hangfire.InMemory"]),
        ["Api"] = (["Contracts", "Specification", "Jobs", "Data", "Training", "Storage", "Queue", "Queue.Hangfire", "Formats", "Architectures", "NeuralNet", "Tensors"],
            ["Serilog", "Serilog.Extensions.Logging", "Serilog.Settings.Configuration", "Serilog.Sinks.Console", "Serilog.Sinks.File",
                "Swashbuckle.AspNetCore", "OpenTelemetry", "OpenTelemetry.Exporter.OpenTelemetryProtocol"]),
    };

    /// <summary>Left out of the solution, since its packages are not to be had everywhere; held to the queue's own tests.</summary>
    private const string OnRequest = "TrainService.Queue.Hangfire";

    public static TheoryData<string> Projects => [.. Repository.Projects("src").Select(p => Path.GetFileNameWithoutExtension(p))];

    [Fact]
    public void Every_project_of_the_table_exists_and_the_table_names_every_project()
        => Repository.Projects("src").Select(Short).Order().ShouldBe(Allowed.Keys.Order());

    [Theory, MemberData(nameof(Projects))]
    public void A_project_sees_only_what_the_table_allows(string project)
    {
        (string[] projects, string[] packages) = Allowed[project["TrainService.".Length..]];
        References(project, "ProjectReference").Select(Short).Except(projects).ShouldBeEmpty();
        References(project, "PackageReference").Except(packages).ShouldBeEmpty();
    }

    [Fact]
    public void The_table_has_no_cycle()
    {
        var done = new HashSet<string>();
        while (Allowed.Where(p => !done.Contains(p.Key) && p.Value.Projects.All(done.Contains)).Select(p => p.Key).ToArray() is { Length: > 0 } next)
            done.UnionWith(next);
        done.Count.ShouldBe(Allowed.Count);
    }

    [Theory, MemberData(nameof(Projects))]
    public void A_project_has_tests_of_its_own(string project)
        => (project == OnRequest || File.Exists(Path.Combine(Repository.Root, "tests", $"{project}.Tests", $"{project}.Tests.csproj"))).ShouldBeTrue();

    [Fact]
    public void The_solution_builds_every_project()
    {
        string solution = Repository.Read("TrainService.sln");
        foreach (string project in Repository.Projects("src").Concat(Repository.Projects("tests")))
            solution.Contains(Path.GetFileName(project), StringComparison.Ordinal).ShouldBe(Path.GetFileNameWithoutExtension(project) != OnRequest, project);
    }

    private static string[] References(string project, string kind)
        => [.. XDocument.Load(Path.Combine(Repository.Root, "src", project, $"{project}.csproj"))
            .Descendants(kind).Select(e => e.Attribute("Include")!.Value)];

    private static string Short(string project) => Path.GetFileNameWithoutExtension(project.Replace('\\', '/'))["TrainService.".Length..];
}
