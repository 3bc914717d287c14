using System.Text.Json;
using Microsoft.AspNetCore.Http;
using TrainService.Api.Problems;

namespace TrainService.Api.Tests.Problems;

public class ProblemTextTests
{
    [Fact]
    public void The_parser_s_own_position_is_left_out()
    {
        JsonException e = Should.Throw<JsonException>(() => JsonDocument.Parse("{\"a\": x}"));
        JsonErrorText.Of(e).ShouldNotContain("LineNumber");
        JsonErrorText.Of(e).ShouldEndWith(".");
    }

    [Theory]
    [InlineData("Failed to bind parameter \"Nullable<int> limit\" from \"abc\".", "limit: expected a whole number, got 'abc'.")]
    [InlineData("Failed to bind parameter \"Nullable<long> after\" from \"a\"b\".", "after: expected a whole number, got 'a\"b'.")]
    [InlineData("Something else.", "Something else.")]
    public void A_parameter_is_named_as_its_sender_knows_it(string message, string expected)
        => BindingErrorText.Of(new BadHttpRequestException(message)).ShouldBe(expected);
}
