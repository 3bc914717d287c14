using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Formats;

/// <summary>
/// A backbone that Keras saved, with a new head on photographs, as openapi/examples/transfer-pictures.sh has it: frozen, then with its top learning. The aims are
/// those of the shared folder's README: 44 of 49 clothes and 18 of 20 pets that it has not seen.
/// </summary>
[Collection(ServerCollection.Name)]
public class TransferTests(SharedServer shared)
{
    private const string Backbone = "keras_h5/teachablemachine_waste_mobilenetv2_035_224.h5";

    private readonly HttpClient _http = shared.Server.Http;

    [AssetFact(Backbone)]
    public async Task A_pretrained_backbone_learns_photographs_in_one_job()
    {
        using HttpResponseMessage imported = await _http.ImportAsync(null, SharedAssets.Read(Backbone), ("preprocess", """[{"type": "imagenet", "mode": "tf"}]"""));
        imported.StatusCode.ShouldBe(HttpStatusCode.Created, await imported.Content.ReadAsStringAsync());
        string backbone = (await imported.BodyAsync())["id"]!.GetValue<string>();

        (string clothes, int right) = await LearnAsync(backbone, [.. SharedAssets.Files("images/clothing/train")], [.. SharedAssets.Files("images/clothing/test")]);
        right.ShouldBeGreaterThanOrEqualTo(44);
        JsonNode answer = await AskAsync(clothes, SharedAssets.Files("images/clothing/test/pants").First().Bytes);
        answer["classes"]![0]![0]!["name"]!.GetValue<string>().ShouldBe("pants");

        // The first twenty of each learn, the last ten are held out.
        (string Name, byte[] Bytes)[][] pets = [.. SharedAssets.Files("images/pets").GroupBy(f => Path.GetDirectoryName(f.Name)!).Select(c => c.ToArray())];
        (_, right) = await LearnAsync(backbone, [.. pets.SelectMany(c => c[..20])], [.. pets.SelectMany(c => c[20..])]);
        right.ShouldBeGreaterThanOrEqualTo(18);
    }

    [AssetFact(Backbone)]
    public async Task The_script_teaches_a_network_a_folder_of_pictures_and_asks_it_about_one()
    {
        // RunAsync("transfer-pictures.sh", …) on a dozen pictures; the real figures are above.
        string folder = TemporaryFolder.New(), zip = Path.Combine(folder, "pictures.zip"), backbone = Path.Combine(folder, "backbone.h5"), picture = Path.Combine(folder, "picture.jpg");
        (string Name, byte[] Bytes)[][] pets = [.. SharedAssets.Files("images/pets").GroupBy(f => Path.GetDirectoryName(f.Name)!).Select(c => c.ToArray())];
        await File.WriteAllBytesAsync(zip, Archive([.. pets.SelectMany(c => c[..4]).Select(f => ($"train/{f.Name}", f.Bytes)), .. pets.SelectMany(c => c[4..6]).Select(f => ($"test/{f.Name}", f.Bytes))]));
        await File.WriteAllBytesAsync(backbone, SharedAssets.Read(Backbone));
        await File.WriteAllBytesAsync(picture, pets[0][6].Bytes);
        CommandResult result = await CommandResult.RunAsync("sh", [Path.Combine(ServiceProgram.Examples, "transfer-pictures.sh"), zip, backbone, picture], environment: ("TRAINSERVICE_URL", shared.Server.Address));
        Directory.Delete(folder, recursive: true);

        string[] lines = result.Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[1].ShouldStartWith("succeeded: ");
        lines[2].ShouldEndWith($" of {2 * pets.Length}");
        lines[3..].Select(l => l.Split(' ')[^1]).Order(StringComparer.Ordinal).ShouldBe(pets.Select(c => Path.GetDirectoryName(c[0].Name)!));
    }

    private async Task<(string Checkpoint, int Right)> LearnAsync(string backbone, (string Name, byte[] Bytes)[] files, (string Name, byte[] Bytes)[] heldOut)
    {
        // Two datasets: together they are more than the tests' server takes at once.
        string dataset = await UploadAsync(files), others = await UploadAsync(heldOut);
        JsonNode spec = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(ServiceProgram.Examples, "transfer-pictures", "job.json")))!;
        spec["dataset"]!["name"] = dataset;
        spec["model"]!["from_checkpoint"] = backbone;
        spec["model"]!["append"]!.AsArray()[^1]!["units"] = files.Select(f => Path.GetDirectoryName(f.Name)).Distinct().Count();
        string job = await _http.SubmitAsync(spec);
        JsonNode done = await _http.WaitForAsync(job, "succeeded");
        string checkpoint = done["best"]!["checkpoint"]!.GetValue<string>();
        using HttpResponseMessage measured = await _http.PostAsync($"/checkpoints/{checkpoint}/evaluate", ApiClient.Json($$"""{"dataset": "{{others}}"}"""));
        JsonNode figures = await measured.BodyAsync();
        figures["rows"]!.GetValue<int>().ShouldBe(heldOut.Length);
        return (checkpoint, (int)Math.Round(figures["metrics"]!["accuracy"]!.GetValue<double>() * heldOut.Length));
    }

    private async Task<string> UploadAsync((string Name, byte[] Bytes)[] files)
    {
        string dataset = $"photographs-{Guid.NewGuid():N}";
        using MultipartFormDataContent form = new()
        {
            { new StringContent(dataset), "name" }, { new StringContent("""{"image_size": [224, 224]}"""), "spec" }, { new ByteArrayContent(Archive(files)), "file", "photographs.zip" },
        };
        using HttpResponseMessage created = await _http.PostAsync("/datasets", form);
        created.StatusCode.ShouldBe(HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        return dataset;
    }

    private async Task<JsonNode> AskAsync(string checkpoint, byte[] picture)
    {
        using MultipartFormDataContent form = new() { { new ByteArrayContent(picture), "image", "picture.jpg" } };
        using HttpResponseMessage answer = await _http.PostAsync($"/checkpoints/{checkpoint}/predict", form);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.BodyAsync();
    }

    private static byte[] Archive(IEnumerable<(string Name, byte[] Bytes)> files)
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in files)
            {
                using Stream entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
        }

        return stream.ToArray();
    }
}
