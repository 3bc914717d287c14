using System.Text.Json;
using TrainService.Api.Endpoints;

namespace TrainService.Api.Tests.Endpoints;

public class MetricsTableTests
{
    [Fact]
    public void A_column_for_every_scalar_that_any_epoch_has()
        => Csv("""{"epoch": 1, "loss": 0.5, "norms": {"a": 1}}""", """{"epoch": 2, "loss": 0.25, "val_loss": null, "note": "a, \"b\""}""")
            .ShouldBe("epoch,loss,val_loss,note\r\n1,0.5,,\r\n2,0.25,,\"a, \"\"b\"\"\"\r\n");

    [Fact]
    public void A_job_without_epochs_is_an_empty_table() => Csv().ShouldBe("\r\n");

    [Theory]
    [InlineData(10, 2, new[] { 0, 9 })]
    [InlineData(10, 4, new[] { 0, 3, 6, 9 })]
    [InlineData(3, 3, new[] { 0, 1, 2 })]
    [InlineData(3, 100, new[] { 0, 1, 2 })]
    [InlineData(0, 2, new int[0])]
    public void Thinning_keeps_the_ends(int count, int points, int[] expected)
        => MetricsTable.Thin([.. Enumerable.Range(0, count)], points).ShouldBe(expected);

    private static string Csv(params string[] epochs) => new MetricsTable([.. epochs.Select(e => JsonElement.Parse(e))]).ToCsv();
}
