using TrainService.Api.Hosting;

namespace TrainService.Api.Tests.Hosting;

public class CommandLineTests
{
    [Fact]
    public void Serving_is_the_default()
    {
        CommandLine line = CommandLine.Parse([], out string? error)!;
        error.ShouldBeNull();
        line.Command.ShouldBe("serve");
        line.Settings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--data", "/x")]
    [InlineData("--data=/x")]
    public void An_option_takes_its_value_either_way(params string[] args)
        => CommandLine.Parse(args, out _)!.Settings.ShouldBe(new Dictionary<string, string?> { ["TrainService:data"] = "/x" });

    [Fact]
    public void The_command_may_stand_anywhere()
    {
        CommandLine line = CommandLine.Parse(["--threads", "2", "demo", "--exit"], out _)!;
        line.Command.ShouldBe("demo");
        line.Exit.ShouldBeTrue();
        line.Settings["TrainService:threads"].ShouldBe("2");
    }

    [Theory]
    [InlineData("'sevre' is not understood", "sevre")]
    [InlineData("'--port' is not understood", "--port", "1")]
    [InlineData("--data needs a value", "--data")]
    [InlineData("--data needs a value", "--data=")]
    [InlineData("--exit belongs to demo", "--exit")]
    [InlineData("openapi needs the name of the file", "openapi")]
    public void What_is_not_understood_is_said(string expected, params string[] args)
    {
        CommandLine.Parse(args, out string? error).ShouldBeNull();
        error.ShouldStartWith(expected);
    }

    [Fact]
    public void The_document_goes_to_the_file_that_is_named()
        => CommandLine.Parse(["openapi", "out.json"], out _)!.File.ShouldBe("out.json");
}
