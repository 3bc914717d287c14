using Microsoft.AspNetCore.Http;
using TrainService.Api.Http;

namespace TrainService.Api.Tests.Http;

public class EntityTagsTests
{
    [Theory]
    [InlineData("\"3\"", true)]
    [InlineData("\"2\", \"3\"", true)]
    [InlineData("W/\"3\"", true)]
    [InlineData("*", true)]
    [InlineData("\"4\"", false)]
    [InlineData("3", false)]
    [InlineData("", false)]
    public void If_none_match_compares_weakly(string header, bool known)
        => EntityTags.Known(Request("If-None-Match", header), 3).ShouldBe(known);

    [Theory]
    [InlineData("\"3\"", null)]
    [InlineData("*", null)]
    [InlineData("\"4\"", "\"4\"")]
    [InlineData("W/\"3\"", "W/\"3\"")]
    public void If_match_compares_strongly(string header, string? mismatch)
        => EntityTags.Mismatch(Request("If-Match", header), 3).ShouldBe(mismatch);

    private static HttpRequest Request(string name, string value)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers[name] = value;
        return http.Request;
    }
}
