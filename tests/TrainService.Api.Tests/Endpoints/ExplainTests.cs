using System.Text.Json.Nodes;
using TrainService.Api.Checkpoints;
using TrainService.Formats.Pictures;
using TrainService.Api.Tests.Support;
using TrainService.Data.Pictures;
using TrainService.Training.Inference.Explaining;

namespace TrainService.Api.Tests.Endpoints;

[Collection(ServerCollection.Name)]
public class ExplainTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task A_picture_is_explained_as_a_picture_or_in_numbers()
    {
        string checkpoint = await TrainAsync("synthetic-fashion", """
            [{"type": "reshape", "target_shape": [28, 28, 1]}, {"type": "conv2d", "filters": 4, "kernel_size": 3, "strides": 2, "activation": "relu", "name": "c"}, "flatten",
             {"type": "dense", "units": 10, "activation": "softmax"}]
            """);
        foreach (string method in new[] { "grad_cam", "integrated_gradients", "smooth_grad", "gradient", "occlusion" })
        {
            string body = $$"""{"dataset": "synthetic-fashion", "row": 3, "method": "{{method}}", "class": 1}""";
            using HttpResponseMessage picture = await _http.PostAsync($"/checkpoints/{checkpoint}/explain?size=100", ApiClient.Json(body));
            picture.Content.Headers.ContentType!.MediaType.ShouldBe("image/png", await picture.Content.ReadAsStringAsync());
            var drawn = PictureDecoder.Decode(await picture.Content.ReadAsByteArrayAsync());
            // Four pixels for each, the least that makes 100.
            (drawn.Height, drawn.Width, drawn.Channels).ShouldBe((112, 112, 3));

            using HttpResponseMessage numbers = await _http.PostAsync($"/checkpoints/{checkpoint}/explain?format=json", ApiClient.Json(body));
            JsonNode answer = await numbers.BodyAsync();
            (answer["method"]!.GetValue<string>(), answer["class"]!["index"]!.GetValue<int>()).ShouldBe((method, 1));
            answer["map"]!["values"]!.AsArray().Count.ShouldBe(784);
            answer["map"]!["signed"]!.GetValue<bool>().ShouldBe(method is "integrated_gradients" or "occlusion");
            answer["actual"]!.GetValue<string>().ShouldNotBeNullOrEmpty();
        }

        byte[] png = PngImage.Write(40, 50, 3, new byte[40 * 50 * 3]);
        using HttpResponseMessage uploaded = await UploadAsync(checkpoint, """{"method": "occlusion", "window": 7, "stride": 7}""", png);
        uploaded.Content.Headers.ContentType!.MediaType.ShouldBe("image/png", await uploaded.Content.ReadAsStringAsync());
        using HttpResponseMessage two = await UploadAsync(checkpoint, "{}", png, png);
        (await two.ShouldBeProblemAsync(422))["errors"]![0]!["pointer"]!.GetValue<string>().ShouldBe("/image/1");
        using HttpResponseMessage broken = await UploadAsync(checkpoint, "{}", [1, 2, 3]);
        (await broken.ShouldBeProblemAsync(422))["errors"]![0]!["pointer"]!.GetValue<string>().ShouldBe("/image/0");
        using HttpResponseMessage odd = await _http.PostAsync($"/checkpoints/{checkpoint}/explain", ApiClient.Json("""{"row": 1, "layer": "d"}"""));
        (await odd.ShouldBeProblemAsync(422))["errors"]![0]!["pointer"]!.GetValue<string>().ShouldBe("/layer");
    }

    [Fact]
    public async Task Where_there_is_no_picture_numbers_are_answered()
    {
        string checkpoint = await TrainAsync("blobs", """[{"type": "dense", "units": 3, "activation": "softmax"}]""");
        using HttpResponseMessage answer = await _http.PostAsync($"/checkpoints/{checkpoint}/explain", ApiClient.Json("""{"row": 3}"""));
        JsonNode explained = await answer.BodyAsync();
        explained["values"]!.AsArray().Sum(v => v!.GetValue<double>())
            .ShouldBe(explained["score"]!.GetValue<double>() - explained["baseline_score"]!.GetValue<double>(), 1e-3);
        using HttpResponseMessage png = await _http.PostAsync($"/checkpoints/{checkpoint}/explain?format=png", ApiClient.Json("""{"row": 3}"""));
        await png.ShouldBeProblemAsync(406);
        using HttpResponseMessage gif = await _http.PostAsync($"/checkpoints/{checkpoint}/explain?format=gif", ApiClient.Json("""{"row": 3}"""));
        await gif.ShouldBeProblemAsync(400);
        using HttpResponseMessage gone = await _http.PostAsync("/checkpoints/ckpt_none/explain", ApiClient.Json("""{"row": 3}"""));
        await gone.ShouldBeProblemAsync(404);
    }

    [Fact]
    public void What_speaks_for_the_class_is_red_what_speaks_against_it_blue_and_the_rest_grey()
    {
        ExplainedPicture picture = new(1, 4, 3, [90, 90, 90, 200, 0, 0, 40, 40, 40, 0, 0, 0]);
        var drawn = PictureDecoder.Decode(HeatPicture.Draw(picture, new HeatMap(1, 4, true, [0, 1, -1, 0.5f]), 2));
        (drawn.Height, drawn.Width).ShouldBe((2, 8));
        byte[][] pixels = [.. drawn.Pixels.ToArray().Chunk(3).Take(8).Where((_, i) => i % 2 == 0)];
        pixels[0].ShouldBe([(byte)90, (byte)90, (byte)90]);
        (pixels[1][0] > 2 * pixels[1][2], pixels[2][2] > 2 * pixels[2][0], pixels[3][0] < pixels[1][0], pixels[3][0] > pixels[3][2]).ShouldBe((true, true, true, true));
        // Nothing to tell: the picture.
        PictureDecoder.Decode(HeatPicture.Draw(picture, new HeatMap(1, 4, false, new float[4]), 1)).Pixels.ToArray()[..3].ShouldBe([(byte)90, (byte)90, (byte)90]);
    }

    private async Task<string> TrainAsync(string dataset, string layers)
    {
        string job = await _http.SubmitAsync(JsonNode.Parse($$"""
            {"seed": 1, "dataset": {"name": "{{dataset}}", "validation_split": 0.1, "limit": 300}, "model": {"type": "sequential", "layers": {{layers}}},
             "loss": "sparse_categorical_crossentropy", "optimizer": "adam", "epochs": 1}
            """)!);
        return (await _http.WaitForAsync(job, "succeeded"))["best"]!["checkpoint"]!.GetValue<string>();
    }

    private async Task<HttpResponseMessage> UploadAsync(string checkpoint, string spec, params byte[][] files)
    {
        using MultipartFormDataContent form = new() { { new StringContent(spec), "spec" } };
        foreach (byte[] file in files) form.Add(new ByteArrayContent(file), "image", "picture.png");
        return await _http.PostAsync($"/checkpoints/{checkpoint}/explain", form);
    }
}
