using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;
using TrainService.Formats.Pictures;

namespace TrainService.Api.Tests.Datasets;

/// <summary>Folders of pictures from upload to the category of a picture.</summary>
[Collection(ServerCollection.Name)]
public class PictureTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task An_archive_of_class_folders_is_trained_on_and_a_picture_gets_its_category()
    {
        string name = $"pictures-{Guid.NewGuid():N}";
        using HttpResponseMessage created = await UploadAsync(name, Archive());
        created.StatusCode.ShouldBe(HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        JsonNode dataset = await created.BodyAsync();
        dataset["input_shape"]!.ToJsonString().ShouldBe("[8,8,3]");
        dataset["target"]!["class_names"]!.ToJsonString().ShouldBe("""["blue","red"]""");
        byte[] sheet = await _http.GetByteArrayAsync($"/datasets/{name}/preview?format=png&rows=4");
        sheet.AsSpan(0, 8).ToArray().ShouldBe([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);

        string job = await _http.SubmitAsync(JsonNode.Parse($$"""
            {"seed": 1, "dataset": {"name": "{{name}}", "preprocess": [{"type": "imagenet", "mode": "caffe"}]},
             "model": {"type": "sequential", "layers": ["global_average_pooling2d", {"type": "rescaling", "scale": 0.01}, {"type": "dense", "units": 2, "activation": "softmax"}]},
             "loss": "sparse_categorical_crossentropy", "optimizer": {"type": "adam", "learning_rate": 0.1}, "batch_size": 8, "epochs": 20}
            """)!);
        JsonNode done = await _http.WaitForAsync(job, "succeeded");
        string checkpoint = done["best"]!["checkpoint"]!.GetValue<string>();

        // Another size, another format than the ones it learned from.
        JsonNode answer = await PredictAsync(checkpoint, 200, Png(20, 30, [250, 10, 5]), Png(7, 5, [0, 30, 200]));
        answer["classes"]![0]![0]!["name"]!.GetValue<string>().ShouldBe("red");
        answer["classes"]![1]![0]!["name"]!.GetValue<string>().ShouldBe("blue");
        answer["classes"]![0]!.AsArray().Count.ShouldBe(1);

        JsonNode refused = await PredictAsync(checkpoint, 422, Png(7, 5, [0, 30, 200]), [1, 2, 3]);
        refused["errors"]![0]!["pointer"]!.GetValue<string>().ShouldBe("/image/1");
    }

    [Fact]
    public async Task A_broken_picture_is_named_and_nothing_is_kept()
    {
        string name = $"pictures-{Guid.NewGuid():N}";
        using HttpResponseMessage refused = await UploadAsync(name, Archive(("red/broken.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 0])));
        JsonNode problem = await refused.ShouldBeProblemAsync(422);
        problem.ToJsonString().ShouldContain("red/broken.jpg");
        using HttpResponseMessage gone = await _http.GetAsync($"/datasets/{name}");
        await gone.ShouldBeProblemAsync(404);
    }

    private async Task<HttpResponseMessage> UploadAsync(string name, byte[] archive)
    {
        using MultipartFormDataContent form = new() { { new StringContent(name), "name" }, { new StringContent("""{"image_size": [8, 8]}"""), "spec" }, { new ByteArrayContent(archive), "file", "pictures.zip" } };
        return await _http.PostAsync("/datasets", form);
    }

    private async Task<JsonNode> PredictAsync(string checkpoint, int status, params byte[][] pictures)
    {
        using MultipartFormDataContent form = new() { { new StringContent("""{"top_k": 1}"""), "spec" } };
        foreach (byte[] picture in pictures) form.Add(new ByteArrayContent(picture), "image", "picture.png");
        using HttpResponseMessage answer = await _http.PostAsync($"/checkpoints/{checkpoint}/predict", form);
        ((int)answer.StatusCode).ShouldBe(status, await answer.Content.ReadAsStringAsync());
        return await answer.BodyAsync();
    }

    private static byte[] Archive(params (string Name, byte[] Bytes)[] more)
    {
        MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in Enumerable.Range(0, 8).SelectMany(i => new[]
                     {
                         ($"red/{i}.png", Png(10 + i, 12, [(byte)(200 + i), (byte)(3 * i), 20])), ($"blue/{i}.png", Png(9, 10 + i, [10, (byte)(4 * i), (byte)(180 + i)])),
                     }).Concat(more))
            {
                using Stream entry = archive.CreateEntry(name).Open();
                entry.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    private static byte[] Png(int height, int width, byte[] colour) => PngImage.Write(width, height, 3, [.. Enumerable.Repeat(colour, height * width).SelectMany(c => c)]);
}
