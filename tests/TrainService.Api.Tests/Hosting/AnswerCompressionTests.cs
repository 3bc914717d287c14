using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Hosting;

/// <summary>Answers go packed to whoever asks for it, and say the same as unpacked.</summary>
[Collection(ServerCollection.Name)]
public class AnswerCompressionTests(SharedServer shared)
{
    [Theory]
    [InlineData("/schema/job.json", "br", true)]
    [InlineData("/schema/job.json", "gzip", true)]
    [InlineData("/schema/job.json", "gzip;q=1, br;q=0.5", true)]
    [InlineData("/schema/job.json", "br;q=0", false)]
    [InlineData("/schema/job.json", "zstd", false)]
    [InlineData("/catalog", "gzip, br", true)]
    [InlineData("/docs", "br", true)]
    [InlineData("/docs?format=markdown", "gzip", true)]
    [InlineData("/datasets", "br", true)]
    [InlineData("/datasets/moons/preview?rows=50", "gzip", true)]
    [InlineData("/page.js", "br", true)]
    [InlineData("/jobs/none", "br", true)]
    [InlineData("/datasets/synthetic-fashion/preview?format=png", "br", false)]
    public async Task Packed_or_not_it_is_the_same(string path, string accepted, bool packed)
    {
        using HttpResponseMessage plain = await shared.Server.Http.GetAsync(path), answer = await AskAsync(path, accepted);
        plain.Content.Headers.ContentEncoding.ShouldBeEmpty();
        answer.StatusCode.ShouldBe(plain.StatusCode);
        answer.Content.Headers.ContentType.ShouldBe(plain.Content.Headers.ContentType);
        answer.Content.Headers.ContentEncoding.Count.ShouldBe(packed ? 1 : 0);
        byte[] wanted = await plain.Content.ReadAsByteArrayAsync(), sent = await answer.Content.ReadAsByteArrayAsync();
        if (packed && wanted.Length > 1000) sent.Length.ShouldBeLessThan(wanted.Length);
        Unpack(sent, answer.Content.Headers.ContentEncoding.SingleOrDefault()).ShouldBe(wanted);
        if (packed) answer.Headers.Vary.ShouldContain("Accept-Encoding");
    }

    [Theory]
    [InlineData("/schema/job.json", "br")]
    [InlineData("/schema/job.json", "")]
    [InlineData("/catalog", "gzip")]
    [InlineData("/page.js", "")]
    public async Task Who_has_it_already_gets_a_304(string path, string accepted)
    {
        using HttpResponseMessage first = await AskAsync(path, accepted);
        EntityTagHeaderValue tag = first.Headers.ETag.ShouldNotBeNull();
        using HttpResponseMessage again = await AskAsync(path, accepted, tag), other = await AskAsync(path, accepted, new EntityTagHeaderValue("\"another\""));
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await again.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_event_stream_is_never_packed()
    {
        HttpClient http = shared.Server.Http;
        string job = await http.SubmitAsync(JsonNode.Parse("""
            {"dataset": {"name": "moons"}, "model": {"type": "sequential", "layers": [{"type": "dense", "units": 2, "activation": "softmax"}]}, "loss": "sparse_categorical_crossentropy", "epochs": 2}
            """)!);
        using HttpRequestMessage request = new(HttpMethod.Get, $"/jobs/{job}/events");
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.AcceptEncoding.ParseAdd("br, gzip");
        using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.Content.Headers.ContentEncoding.ShouldBeEmpty();
        (await answer.Content.ReadAsStringAsync()).ShouldContain("event: epoch");
    }

    /// <summary>What a build of the dashboard names by its content may be kept for ever, and is packed already; where the dashboard is not built there is nothing to see.</summary>
    [Fact]
    public async Task The_dashboards_files_are_packed_once_and_kept()
    {
        string page = await shared.Server.Http.GetStringAsync("/");
        if (System.Text.RegularExpressions.Regex.Match(page, "\"(/dashboard/assets/[^\"]+\\.js)\"") is not { Success: true } script) return;
        string path = script.Groups[1].Value;
        using HttpResponseMessage plain = await AskAsync(path, ""), brotli = await AskAsync(path, "gzip, br"), gzip = await AskAsync(path, "gzip");
        byte[] wanted = await plain.Content.ReadAsByteArrayAsync();
        foreach (HttpResponseMessage answer in (HttpResponseMessage[])[plain, brotli, gzip])
        {
            answer.Headers.CacheControl!.ToString().ShouldContain("immutable");
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
            answer.Headers.Vary.ShouldContain("Accept-Encoding");
            Unpack(await answer.Content.ReadAsByteArrayAsync(), answer.Content.Headers.ContentEncoding.SingleOrDefault()).ShouldBe(wanted);
        }

        brotli.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        // Its length is known: it was packed by the build, not now.
        brotli.Content.Headers.ContentLength.ShouldNotBeNull().ShouldBeLessThan(wanted.Length / 2);
        gzip.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
    }

    private async Task<HttpResponseMessage> AskAsync(string path, string accepted, EntityTagHeaderValue? known = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        if (accepted.Length > 0) request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        if (known is not null) request.Headers.IfNoneMatch.Add(known);
        return await shared.Server.Http.SendAsync(request);
    }

    private static byte[] Unpack(byte[] bytes, string? encoding)
    {
        using MemoryStream packed = new(bytes), plain = new();
        using Stream unpacking = encoding switch { "br" => new BrotliStream(packed, CompressionMode.Decompress), "gzip" => new GZipStream(packed, CompressionMode.Decompress), _ => packed };
        unpacking.CopyTo(plain);
        return plain.ToArray();
    }
}
