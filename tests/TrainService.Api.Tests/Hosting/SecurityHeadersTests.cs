using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Hosting;

[Collection(ServerCollection.Name)]
public class SecurityHeadersTests(SharedServer shared)
{
    [Theory]
    [InlineData("/")]
    [InlineData("/page.js")]
    [InlineData("/jobs")]
    [InlineData("/jobs/none")]
    [InlineData("/jobs?limit=0")]
    [InlineData("/nowhere")]
    [InlineData("/health/ready")]
    [InlineData("/swagger/index.html")]
    public async Task Every_answer_has_them(string path)
    {
        using HttpResponseMessage answer = await shared.Server.Http.GetAsync(path);
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
        answer.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        string policy = answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
        policy.ShouldContain("default-src 'self'");
        policy.ShouldContain("frame-ancestors 'none'");
        policy.Contains("unsafe", StringComparison.Ordinal).ShouldBe(path.StartsWith("/swagger", StringComparison.Ordinal));
        answer.Headers.Contains("Server").ShouldBeFalse();
    }

    // What the policy forbids must not stand in the pages: else they would be broken without anybody noticing here.
    [Theory]
    [InlineData("/")]
    [InlineData("/swagger/index.html")]
    public async Task Pages_have_no_script_of_their_own_in_line(string path)
    {
        string page = await shared.Server.Http.GetStringAsync(path);
        System.Text.RegularExpressions.Regex.Matches(page, @"<script(?![^>]*\ssrc=)").ShouldBeEmpty();
        page.ShouldNotContain("onload=");
    }
}
