using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Hosting;

/// <summary>No engine runs where the tests run: at least what the container's files name is there, and nothing is opened by them.</summary>
public class ContainerTests
{
    private static readonly string[] Dockerfile = File.ReadAllLines(Path.Combine(ServiceProgram.Root, "docker", "Dockerfile"));

    [Fact]
    public void What_the_image_copies_and_builds_is_there()
    {
        foreach (string source in Dockerfile.Where(l => l.StartsWith("COPY ", StringComparison.Ordinal) && !l.Contains("--from", StringComparison.Ordinal)).SelectMany(l => l.Split(' ')[1..^1]))
            Path.Exists(Path.Combine(ServiceProgram.Root, source)).ShouldBeTrue(source);
        string project = Dockerfile.Single(l => l.Contains("dotnet publish", StringComparison.Ordinal)).Split(' ').Single(w => w.StartsWith("src/", StringComparison.Ordinal));
        Directory.Exists(Path.Combine(ServiceProgram.Root, project)).ShouldBeTrue();
    }

    [Fact]
    public void The_image_runs_without_rights_and_watches_itself()
    {
        Dockerfile.ShouldContain(l => l.StartsWith("USER ", StringComparison.Ordinal) && !l.Contains("root", StringComparison.Ordinal));
        Dockerfile.ShouldContain(l => l.StartsWith("HEALTHCHECK ", StringComparison.Ordinal) && l.Contains("healthcheck", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("docker-compose.yml")]
    [InlineData("docker/docker-compose.cluster.yml")]
    public void The_port_is_published_for_this_machine_only(string file)
    {
        string[] compose = File.ReadAllLines(Path.Combine(ServiceProgram.Root, file));
        int ports = Array.FindIndex(compose, l => l.Trim() == "ports:");
        compose.Skip(ports + 1).Select(l => l.Trim()).SkipWhile(l => l.StartsWith('#')).First().ShouldBe("- \"127.0.0.1:8080:8080\"");
    }
}
