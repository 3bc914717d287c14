using System.Net;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Endpoints;

[Collection(ServerCollection.Name)]
public class DocsTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Theory]
    [InlineData("/docs", "text/html", "<h3 id=\"schedule.one_cycle\">")]
    [InlineData("/docs?format=html", "text/html", "<link rel=\"stylesheet\" href=\"/docs/style.css\">")]
    [InlineData("/docs?format=markdown", "text/markdown", "### one\\_cycle")]
    [InlineData("/docs/style.css", "text/css", "body {")]
    public async Task The_catalog_is_a_page_to_read(string address, string type, string part)
    {
        using HttpResponseMessage answer = await _http.GetAsync(address);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(part);
    }

    [Fact]
    public async Task Other_forms_are_refused()
    {
        using HttpResponseMessage answer = await _http.GetAsync("/docs?format=pdf");
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }
}
