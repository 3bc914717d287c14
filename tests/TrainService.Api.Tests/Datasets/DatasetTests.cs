using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Datasets;

[Collection(ServerCollection.Name)]
public class DatasetTests(SharedServer shared)
{
    private const string Csv = "width,height,colour,kind\n1.5,2,red,a\n2.5,3,blue,b\n3.5,4,red,a\n4.5,5,blue,b\n";
    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task The_built_in_ones_are_listed_and_described()
    {
        JsonArray all = (await _http.GetJsonAsync("/datasets"))["datasets"]!.AsArray();
        all.Select(d => d!["name"]!.GetValue<string>()).ShouldBeSubsetOf(all.Select(d => d!["name"]!.GetValue<string>()).Distinct());
        foreach (string name in (string[])["blobs", "moons", "spirals", "sine"])
        {
            JsonNode one = await _http.GetJsonAsync($"/datasets/{name}");
            one["built_in"]!.GetValue<bool>().ShouldBeTrue();
            one["counts"]!["train"]!.GetValue<int>().ShouldBeGreaterThan(0);
            all.ShouldContain(d => d!["name"]!.GetValue<string>() == name);
        }
    }

    [Fact]
    public async Task A_table_is_uploaded_once_described_and_previewed_in_the_form_that_predict_takes()
    {
        string name = NewName();
        using HttpResponseMessage created = await UploadAsync(name, Encoding.UTF8.GetBytes(Csv), "shapes.csv");
        created.StatusCode.ShouldBe(HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        created.Headers.Location!.ToString().ShouldBe($"/datasets/{name}");
        JsonNode dataset = await _http.GetJsonAsync($"/datasets/{name}");
        JsonNode.DeepEquals(dataset, await created.BodyAsync()).ShouldBeTrue();
        dataset["kind"]!.GetValue<string>().ShouldBe("table");
        dataset["target"]!["class_names"]!.ToJsonString().ShouldBe("""["a","b"]""");
        dataset["counts"]!["train"]!.GetValue<int>().ShouldBe(4);
        dataset["columns"]!.AsArray().Select(c => c!["name"]!.GetValue<string>()).ShouldBe(["width", "height", "colour", "kind"]);

        JsonArray rows = (await _http.GetJsonAsync($"/datasets/{name}/preview?first=1&rows=2"))["rows"]!.AsArray();
        rows.Count.ShouldBe(2);
        rows[0]!["input"]!.ToJsonString().ShouldBe("""{"width":2.5,"height":3,"colour":"blue"}""");
        rows[0]!["class"]!.GetValue<string>().ShouldBe("b");

        using HttpResponseMessage again = await UploadAsync(name, Encoding.UTF8.GetBytes(Csv), "shapes.csv");
        await again.ShouldBeProblemAsync(409, "conflict");
        using HttpResponseMessage deleted = await _http.DeleteAsync($"/datasets/{name}");
        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using HttpResponseMessage gone = await _http.GetAsync($"/datasets/{name}");
        await gone.ShouldBeProblemAsync(404);
    }

    [Fact]
    public async Task Arrays_are_uploaded_as_npz()
    {
        string name = NewName();
        using HttpResponseMessage created = await UploadAsync(name, Npz(rows: 6), "arrays.npz");
        created.StatusCode.ShouldBe(HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        JsonNode dataset = await created.BodyAsync();
        dataset["input_shape"]!.ToJsonString().ShouldBe("[2]");
        dataset["counts"]!["train"]!.GetValue<int>().ShouldBe(6);
    }

    [Fact]
    public async Task Every_bad_row_is_named_and_nothing_is_kept()
    {
        string name = NewName();
        using HttpResponseMessage answer = await UploadAsync(name, Encoding.UTF8.GetBytes("a,b,label\n1,2,x\n1,two,y\n3,x\n4,,x\n5,6,y\n"), "bad.csv", """{"numeric": ["a", "b"]}""");
        JsonNode problem = await answer.ShouldBeProblemAsync(422, "invalid-upload");
        problem["errors"]!.AsArray().Select(e => e!["row"]!.GetValue<long>()).Distinct().Order().ShouldBe([3, 4, 5]);
        problem["errors"]!.AsArray().ShouldContain(e => e!["column"] != null && e["column"]!.GetValue<string>() == "b");
        using HttpResponseMessage gone = await _http.GetAsync($"/datasets/{name}");
        await gone.ShouldBeProblemAsync(404);
    }

    [Theory]
    [InlineData("PK\u0003\u0004 but no archive")]
    [InlineData("")]
    [InlineData("only,a,header\n")]
    [InlineData("\0\u0001\u0002\u0003")]
    public async Task A_file_that_is_none_is_refused(string content)
    {
        using HttpResponseMessage answer = await UploadAsync(NewName(), Encoding.Latin1.GetBytes(content), "x.bin");
        await answer.ShouldBeProblemAsync(422, "invalid-upload");
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000, 1000000000), }")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 2), }")]
    [InlineData("__import__('os').system('true')")]
    [InlineData("")]
    public async Task An_npz_with_a_hostile_header_is_refused(string header)
    {
        using HttpResponseMessage answer = await UploadAsync(NewName(), Zip(("x.npy", Npy(header, new byte[16])), ("y.npy", Npy(header, new byte[16]))), "hostile.npz");
        await answer.ShouldBeProblemAsync(422, "invalid-upload");
    }

    [Fact]
    public async Task Names_parts_and_options_are_checked()
    {
        using HttpResponseMessage name = await UploadAsync("../../etc", Encoding.UTF8.GetBytes(Csv), "a.csv");
        (await name.ShouldBeProblemAsync(422))["errors"]![0]!["pointer"]!.GetValue<string>().ShouldBe("/name");
        using HttpResponseMessage options = await UploadAsync(NewName(), Encoding.UTF8.GetBytes(Csv), "a.csv", """{"lable": "kind", "missing": "guess"}""");
        (await options.ShouldBeProblemAsync(422))["errors"]!.AsArray().Select(e => e!["pointer"]!.GetValue<string>()).Order().ShouldBe(["/spec/lable", "/spec/missing"]);
        using HttpResponseMessage broken = await UploadAsync(NewName(), Encoding.UTF8.GetBytes(Csv), "a.csv", "{");
        await broken.ShouldBeProblemAsync(400, "broken-json");
        using HttpResponseMessage nothing = await _http.PostAsync("/datasets", new MultipartFormDataContent { { new StringContent(""), "spec" } });
        (await nothing.ShouldBeProblemAsync(422))["errors"]!.AsArray().Count.ShouldBe(2);
        using HttpResponseMessage part = await _http.PostAsync("/datasets", new MultipartFormDataContent { { new StringContent("x"), "colour" } });
        await part.ShouldBeProblemAsync(400);
        using HttpResponseMessage json = await _http.PostAsync("/datasets", ApiClient.Json("{}"));
        await json.ShouldBeProblemAsync(415);
    }

    [Theory]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nhalf")]
    [InlineData("no parts at all")]
    [InlineData("--b\r\n\r\nx\r\n--b--\r\n")]
    public async Task A_broken_multipart_body_is_refused(string body)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
        using HttpResponseMessage answer = await _http.PostAsync("/datasets", content);
        await answer.ShouldBeProblemAsync(400);
    }

    [Fact]
    public async Task An_upload_over_the_limit_is_refused_and_leaves_nothing()
    {
        using HttpResponseMessage answer = await UploadAsync(NewName(), new byte[SharedServer.MaxUploadBytes + 1], "big.csv");
        await answer.ShouldBeProblemAsync(413, "too-large");
        string uploads = Path.Combine(shared.Server.Data, "uploads");
        await Wait.UntilAsync(() => Task.FromResult(!Directory.Exists(uploads) || !Directory.EnumerateFiles(uploads).Any()), "no part of an upload is left");
    }

    [Fact]
    public async Task A_dataset_that_a_job_needs_stays()
    {
        string name = NewName();
        using HttpResponseMessage created = await UploadAsync(name, Encoding.UTF8.GetBytes(Csv), "shapes.csv");
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        JsonNode spec = Specs.Endless();
        spec["dataset"] = new JsonObject { ["name"] = name };
        spec["model"]!["layers"]![1]!["units"] = 2;
        string job = await _http.SubmitAsync(spec);
        using HttpResponseMessage refused = await _http.DeleteAsync($"/datasets/{name}");
        (await refused.ShouldBeProblemAsync(409, "conflict"))["detail"]!.GetValue<string>().ShouldContain(job);
        await _http.ActAsync(job, "cancel");
        using HttpResponseMessage deleted = await _http.DeleteAsync($"/datasets/{name}");
        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    private static string NewName() => $"test-{Guid.NewGuid():N}"[..20];

    private Task<HttpResponseMessage> UploadAsync(string name, byte[] file, string fileName, string? spec = null)
    {
        // The file first: parts come in any order.
        var form = new MultipartFormDataContent { { new ByteArrayContent(file), "file", fileName }, { new StringContent(name), "name" } };
        if (spec is not null)
            form.Add(new StringContent(spec), "spec");
        return _http.PostAsync("/datasets", form);
    }

    private static byte[] Npz(int rows)
    {
        var x = new byte[rows * 2 * sizeof(float)];
        Buffer.BlockCopy(Enumerable.Range(0, rows * 2).Select(i => (float)i).ToArray(), 0, x, 0, x.Length);
        var y = new byte[rows * sizeof(long)];
        Buffer.BlockCopy(Enumerable.Range(0, rows).Select(i => (long)(i % 2)).ToArray(), 0, y, 0, y.Length);
        return Zip(("x.npy", Npy($"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, 2), }}", x)),
            ("y.npy", Npy($"{{'descr': '<i8', 'fortran_order': False, 'shape': ({rows},), }}", y)));
    }

    // NumPy's format, version 1.0: magic, version, length of the header (with its padding a multiple of 64), header, data.
    private static byte[] Npy(string header, byte[] data)
    {
        string padded = header.PadRight(((10 + header.Length + 1 + 63) / 64 * 64) - 11) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)padded.Length, (byte)(padded.Length >> 8), .. Encoding.ASCII.GetBytes(padded), .. data];
    }

    private static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
            foreach ((string name, byte[] content) in entries)
                using (Stream entry = archive.CreateEntry(name).Open())
                    entry.Write(content);
        return zip.ToArray();
    }
}
