using System.Net;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Datasets;

/// <summary>Random changes to pictures: looked at, and trained with.</summary>
[Collection(ServerCollection.Name)]
public class AugmentationTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Fact]
    public async Task A_sheet_shows_one_pictures_variants()
    {
        using HttpResponseMessage answer = await PreviewAsync("""{"augment": {"rotation_range": 30, "width_shift_range": 0.1, "cutout": {"size": 6}}, "row": 5, "count": 15, "seed": 3}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        byte[] png = await answer.Content.ReadAsByteArrayAsync();
        // Eight columns, two lines, of 28 x 28.
        (png[18], png[19], png[23]).ShouldBe(((byte)0, (byte)224, (byte)56));
        using HttpResponseMessage again = await PreviewAsync("""{"augment": {"rotation_range": 30, "width_shift_range": 0.1, "cutout": {"size": 6}}, "row": 5, "count": 15, "seed": 3}""");
        (await again.Content.ReadAsByteArrayAsync()).ShouldBe(png);
    }

    [Theory]
    [InlineData("synthetic-fashion", """{"augment": {"zoom_range": "big"}}""", "/augment/zoom_range")]
    [InlineData("synthetic-fashion", """{"augment": {"flip": true}}""", "/augment/flip")]
    [InlineData("synthetic-fashion", """{}""", "/augment")]
    [InlineData("synthetic-fashion", """{"augment": {}, "row": 10000000}""", "/row")]
    [InlineData("blobs", """{"augment": {}}""", "/augment")]
    public async Task What_cannot_be_shown_is_a_problem_with_its_place(string dataset, string body, string pointer)
    {
        using HttpResponseMessage answer = await _http.PostAsync($"/datasets/{dataset}/augment-preview", ApiClient.Json(body));
        JsonNode problem = await answer.ShouldBeProblemAsync(422);
        problem["errors"]!.AsArray().Select(e => e!["pointer"]!.GetValue<string>()).ShouldContain(pointer);
    }

    [Fact]
    public async Task A_dataset_that_is_not_there_is_not_found()
    {
        using HttpResponseMessage answer = await _http.PostAsync("/datasets/nothing/augment-preview", ApiClient.Json("""{"augment": {}}"""));
        await answer.ShouldBeProblemAsync(404);
    }

    [Fact]
    public async Task A_job_with_changed_pictures_and_mixed_targets_learns_and_tells_how_long_it_waited()
    {
        string job = await _http.SubmitAsync(JsonNode.Parse("""
            {"seed": 1, "dataset": {"name": "synthetic-fashion", "limit": 600, "validation_split": 0.2,
               "augment": {"rotation_range": 10, "horizontal_flip": true, "width_shift_range": 0.1, "mixup": {"alpha": 0.2}}},
             "model": {"type": "sequential", "layers": ["flatten", {"type": "dense", "units": 32, "activation": "relu"}, {"type": "dense", "units": 10, "activation": "softmax"}]},
             "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"], "optimizer": {"type": "adam", "learning_rate": 0.005}, "epochs": 6}
            """)!);
        await _http.WaitForAsync(job, "succeeded");
        JsonArray epochs = (await _http.GetJsonAsync($"/jobs/{job}/metrics"))["epochs"]!.AsArray();
        epochs[^1]!["val_loss"]!.GetValue<double>().ShouldBeLessThan(epochs[0]!["val_loss"]!.GetValue<double>());
        epochs[^1]!["val_accuracy"]!.GetValue<double>().ShouldBeGreaterThan(0.3);
        epochs.ShouldAllBe(e => e!["data_wait"]!.GetValue<double>() >= 0);
    }

    private Task<HttpResponseMessage> PreviewAsync(string body) => _http.PostAsync("/datasets/synthetic-fashion/augment-preview", ApiClient.Json(body));
}
