using TrainService.Api.Tests.Support;
using TrainService.Data.Fashion;

namespace TrainService.Api.Tests.Demo;

/// <summary>The README's first command, as far as it goes by itself.</summary>
public class DemoTests
{
    [Fact]
    public async Task It_trains_evaluates_predicts_and_says_where_to_go_on()
    {
        bool here = FashionMnist.FindFolder(new FashionMnistOptions()) is not null;
        CommandResult demo = await RunAsync(("TRAINSERVICE__ALLOWFETCH", "false"));
        ShouldBeThrough(demo);
        demo.Output.ShouldContain(here ? "Fashion-MNIST: " : "drawn clothes");
    }

    [Fact]
    public async Task Without_fashion_mnist_it_says_so_in_a_sentence_and_trains_on_drawn_clothes()
    {
        CommandResult demo = await RunAsync(("TRAINSERVICE__ALLOWFETCH", "false"), ("TRAINSERVICE__FASHIONMNISTFOLDER", "nowhere"));
        ShouldBeThrough(demo);
        demo.Output.ShouldContain("apt-get install dataset-fashion-mnist");
        demo.Output.ShouldContain("drawn clothes");
    }

    private static async Task<CommandResult> RunAsync(params (string, string)[] environment)
    {
        string data = TemporaryFolder.New();
        CommandResult result = await ServiceProgram.RunAsync(["demo", "--exit", "--urls", "http://127.0.0.1:0", "--data", data], TimeSpan.FromMinutes(5), environment: environment);
        TemporaryFolder.Remove(data);
        return result;
    }

    private static void ShouldBeThrough(CommandResult demo)
    {
        string[] lines = demo.Succeeded().Split('\n');
        string header = lines.Single(l => l.StartsWith("epoch ", StringComparison.Ordinal));
        header.ShouldContain("val_accuracy");
        lines.Count(l => l.Length > 5 && int.TryParse(l[..5], out _)).ShouldBeInRange(5, 10);
        lines.ShouldContain(l => l.StartsWith("On ", StringComparison.Ordinal) && l.Contains("accuracy", StringComparison.Ordinal));
        lines.Count(l => l.StartsWith("  row ", StringComparison.Ordinal)).ShouldBe(5);
        demo.Output.ShouldContain("/swagger");
        demo.Output.ShouldContain("/jobs/job_");
    }
}
