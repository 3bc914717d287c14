using System.Globalization;
using System.Text.Json;
using TrainService.Data;
using TrainService.Data.Preprocessing;
using TrainService.Specification;
using TrainService.Tensors.Threading;
using TrainService.Training.Inference;
using TrainService.Training.Inference.Explaining;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Inference.Explaining;

/// <summary>Each method on networks whose answer is known.</summary>
public sealed class ExplanationServiceTests : IDisposable
{
    private const string Linear = """{"model": {"type": "sequential", "layers": [{"type": "dense", "units": 3, "activation": "softmax", "name": "out"}]}}""";

    private const string Small = """
        {"model": {"type": "sequential", "layers": [{"type": "conv2d", "filters": 3, "kernel_size": 3, "activation": "tanh", "name": "c1"}, {"type": "max_pooling2d", "name": "pool"},
          {"type": "flatten"}, {"type": "dense", "units": 3, "activation": "softmax", "name": "out"}]}}
        """;

    private static readonly string[] Classes = ["left", "top", "right"];
    private static readonly float[] Kernel = [1, 2, 3, -1, 0.5f, 4, 0, 0, 7, 2, -3, 1, 0.25f, 1, -2];
    private static readonly float[] X = [0.5f, -1, 2, 0, 1];
    private static readonly FittedPreprocessing Table = new()
    {
        InputShape = [5],
        Columns = [new("width", null), new("colour", ["red", "green", "blue"]), new("height", null)],
    };

    private static readonly FittedPreprocessing Picture = new() { InputShape = [6, 7, 1], Scale = 1 / 255.0 };

    private readonly SavedNetworks _saved = new();
    private readonly ComputePool _pool = new(1);
    private readonly LoadedNetworks _networks;
    private readonly DatasetLibrary _datasets;
    private readonly ExplanationService _service;
    private readonly PredictionService _prediction;
    private readonly string _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public ExplanationServiceTests()
    {
        _networks = new LoadedNetworks(_saved.Store);
        _datasets = new DatasetLibrary(_folder, new DatasetLibraryOptions());
        _service = new ExplanationService(_networks, _datasets, _pool);
        _prediction = new PredictionService(_networks, _pool);
        _saved.Save("ckpt_linear", Spec.Job(Linear), new() { InputShape = [5] }, Classes, ("out/kernel", Kernel), ("out/bias", [1, 0, -1]));
        _saved.Save("ckpt_table", Spec.Job(Linear), Table, Classes, ("out/kernel", Kernel));
        _saved.Save("ckpt_picture", Spec.Job(Small), Picture, Classes);
    }

    public void Dispose()
    {
        _service.Dispose();
        _networks.Dispose();
        _pool.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("""{"method": "gradient", "class": "top"}""", 1)]
    [InlineData("""{"method": "gradient", "class": 2}""", 2)]
    [InlineData("""{"method": "smooth_grad", "class": 0, "samples": 7, "noise": 0.5}""", 0)]
    public async Task Of_a_linear_network_the_gradient_is_its_weights(string options, int index)
    {
        Explanation found = await GetAsync("ckpt_linear", options, X);

        (found.Index, found.ClassName, found.Of).ShouldBe((index, Classes[index], "score"));
        for (int i = 0; i < 5; i++) found.Values[i].ShouldBe(Kernel[(i * 3) + index], 1e-5f);
        found.Score.ShouldBe((double)Score(index, X), 1e-5);
    }

    [Theory]
    [InlineData("integrated_gradients")]
    [InlineData("occlusion")]
    public async Task Of_a_linear_network_shares_are_weights_times_inputs(string method)
    {
        Explanation zero = await GetAsync("ckpt_linear", $$"""{"method": "{{method}}", "class": 1, "of": "score"}""", X);
        Explanation one = await GetAsync("ckpt_linear", $$"""{"method": "{{method}}", "class": 1, "of": "score", "baseline": 1}""", X);
        Explanation row = await GetAsync("ckpt_linear", $$"""{"method": "{{method}}", "class": 1, "of": "score", "baseline": [1, 1, 1, 1, 3]}""", X);

        for (int i = 0; i < 5; i++)
        {
            zero.Values[i].ShouldBe(Kernel[(i * 3) + 1] * X[i], 1e-5f);
            one.Values[i].ShouldBe(Kernel[(i * 3) + 1] * (X[i] - 1), 1e-5f);
        }

        row.Values[4].ShouldBe(1 * (X[4] - 3), 1e-5f);
        zero.Map.ShouldBeNull();
    }

    [Theory]
    [InlineData("score")]
    [InlineData("probability")]
    public async Task Integrated_gradients_add_up_to_the_difference_of_the_scores(string of)
    {
        Explanation found = await GetAsync("ckpt_picture", $$"""{"method": "integrated_gradients", "class": 2, "of": "{{of}}", "steps": 300, "baseline": "white"}""", Pixels());

        double difference = found.Score - found.BaselineScore!.Value;
        Math.Abs(difference).ShouldBeGreaterThan(0.01);
        found.Values.Sum(v => (double)v).ShouldBe(difference, 2e-3 * Math.Abs(difference));
        found.Map!.Values.ShouldBe(found.Values);
        if (of == "probability") found.Score.ShouldBe((await OutputsAsync("ckpt_picture", Pixels()))[2], 1e-6);
    }

    [Fact]
    public async Task Smooth_grad_is_the_mean_of_gradients_around_the_input()
    {
        Explanation plain = await GetAsync("ckpt_picture", """{"method": "gradient", "class": 1}""", Pixels());
        Explanation silent = await GetAsync("ckpt_picture", """{"method": "smooth_grad", "class": 1, "samples": 3, "noise": 0}""", Pixels());
        Explanation first = await GetAsync("ckpt_picture", """{"method": "smooth_grad", "class": 1, "samples": 40, "seed": 1}""", Pixels());
        Explanation again = await GetAsync("ckpt_picture", """{"method": "smooth_grad", "class": 1, "samples": 40, "seed": 1}""", Pixels());
        Explanation other = await GetAsync("ckpt_picture", """{"method": "smooth_grad", "class": 1, "samples": 40, "seed": 2}""", Pixels());

        for (int i = 0; i < plain.Values.Length; i++) silent.Values[i].ShouldBe(plain.Values[i], 1e-6f);
        again.Values.ShouldBe(first.Values);
        other.Values.ShouldNotBe(first.Values);
        first.Values.ShouldNotBe(plain.Values);
        // A mean: forty copies lie closer to forty others than single ones do.
        Distance(first.Values, other.Values).ShouldBeLessThan(Distance((await GetAsync("ckpt_picture", """{"method": "smooth_grad", "class": 1, "samples": 1, "seed": 1}""", Pixels())).Values, other.Values));
        plain.Map!.Signed.ShouldBeFalse();
        plain.Map.Values.ShouldBe(plain.Values.Select(Math.Abs));
    }

    [Fact]
    public async Task Grad_cam_by_hand()
    {
        // Two maps: the pixel and its negative plus one; a head that looks at their means.
        _saved.Save("ckpt_cam", Spec.Job("""
            {"model": {"type": "sequential", "layers": [{"type": "conv2d", "filters": 2, "kernel_size": 1, "name": "maps"}, {"type": "global_average_pooling2d"},
              {"type": "dense", "units": 3, "activation": "softmax", "name": "out"}]}}
            """), new() { InputShape = [2, 3, 1] }, Classes, ("maps/kernel", [1, -1]), ("maps/bias", [0, 1]), ("out/kernel", [2, -3, 0, 1, 5, 0]));
        float[] x = [0, 0.25f, 0.5f, 0.75f, 1, 0.1f];

        Explanation first = await GetAsync("ckpt_cam", """{"method": "grad_cam", "class": 0}""", x), second = await GetAsync("ckpt_cam", """{"class": 1}""", x);

        // alpha = weight / 6 places: class 0 has 2/6 and 1/6, class 1 -3/6 and 5/6.
        first.Values.ShouldBe(x.Select(v => ((2 * v) + (1 - v)) / 6), 1e-6);
        second.Values.ShouldBe(x.Select(v => Math.Max(0, (-3 * v) + (5 * (1 - v))) / 6), 1e-6);
        second.Values.ShouldContain(0f);
        (first.Layer, first.Method, second.Method, first.Map!.Signed).ShouldBe(("maps", "grad_cam", "grad_cam", false));
        first.Map.Values.ShouldBe(first.Values);
    }

    [Fact]
    public async Task Grad_cam_takes_the_last_layer_with_height_and_width_or_the_one_that_is_named()
    {
        Explanation last = await GetAsync("ckpt_picture", """{"method": "grad_cam"}""", Pixels()), named = await GetAsync("ckpt_picture", """{"method": "grad_cam", "layer": "c1"}""", Pixels());

        (last.Layer, named.Layer).ShouldBe(("pool", "c1"));
        (string.Join(' ', last.Shape), string.Join(' ', named.Shape)).ShouldBe(("2 2", "4 5"));
        (last.Map!.Height, last.Map.Width, last.Map.Values.Length).ShouldBe((6, 7, 42));
    }

    [Theory]
    [InlineData(2, 1, "black")]
    [InlineData(3, 2, "gray")]
    public async Task Occlusion_is_what_is_lost_under_each_square(int window, int stride, string baseline)
    {
        float[] x = Pixels();
        Explanation found = await GetAsync("ckpt_picture", $$"""{"method": "occlusion", "class": 1, "window": {{window}}, "stride": {{stride}}, "baseline": "{{baseline}}"}""", x);

        float whole = (await OutputsAsync("ckpt_picture", x))[1], covered = baseline == "black" ? 0 : 0.5f;
        double[] lost = new double[42];
        int[] times = new int[42];
        int[] Corners(int size) => [.. Enumerable.Range(0, size - window + 1).Where(at => at % stride == 0 || at == size - window)];
        foreach (int top in Corners(6))
            foreach (int left in Corners(7))
            {
                int[] under = [.. Enumerable.Range(0, 42).Where(i => i / 7 >= top && i / 7 < top + window && i % 7 >= left && i % 7 < left + window)];
                float[] without = [.. x.Select((v, i) => under.Contains(i) ? covered : v)];
                float rest = (await OutputsAsync("ckpt_picture", without))[1];
                foreach (int i in under) (lost[i], times[i]) = (lost[i] + whole - rest, times[i] + 1);
            }

        found.Of.ShouldBe("probability");
        found.Values.ShouldBe(lost.Select((l, i) => (float)(l / times[i])), 1e-5);
    }

    [Fact]
    public async Task Tables_are_told_by_column()
    {
        JsonElement row = JsonSerializer.SerializeToElement(new Dictionary<string, object> { ["width"] = 0.5, ["colour"] = "green", ["height"] = 2 });
        float[] x = [0.5f, 0, 1, 0, 2];

        Explanation gradient = await GetAsync("ckpt_table", """{"method": "gradient", "class": 1}""", row), shares = await GetAsync("ckpt_table", """{"class": 1, "of": "score"}""", row),
            without = await GetAsync("ckpt_table", """{"method": "occlusion", "class": 1, "of": "score"}""", row);

        gradient.Columns!.Select(c => c.Name).ShouldBe(["width", "colour", "height"]);
        // Of three gradients the one furthest from 0.
        gradient.Columns!.Select(c => c.Value).ShouldBe([2, -3, 1], 1e-5);
        gradient.Columns![1].Values.ShouldBe([0.5f, 0, -3], 1e-5);
        double[] expected = [Kernel[1] * x[0], Kernel[7], Kernel[13] * x[4]];
        (shares.Method, without.Picture).ShouldBe(("integrated_gradients", null));
        shares.Columns!.Select(c => c.Value).ShouldBe(expected, 1e-5);
        without.Columns!.Select(c => c.Value).ShouldBe(expected, 1e-5);
    }

    [Fact]
    public async Task Two_classes_of_one_output_have_opposite_explanations()
    {
        foreach ((string layer, string loss) in new[] { ("\"activation\": \"sigmoid\",", "\"binary_crossentropy\""), ("", """{"type": "binary_crossentropy", "from_logits": true}""") })
        {
            string job = $$"""{"loss": {{loss}}, "model": {"type": "sequential", "layers": [{"type": "dense", "units": 1, {{layer}} "name": "out"}]} }""";
            _saved.Save("ckpt_two", Spec.Job(job), new() { InputShape = [2] }, ["no", "yes"], ("out/kernel", [3, -1]));
            Explanation yes = await GetAsync("ckpt_two", """{"method": "gradient", "class": "yes", "of": "probability"}""", [1, 2]), no = await GetAsync("ckpt_two", """{"method": "gradient", "class": "no"}""", [1, 2]);
            Explanation most = await GetAsync("ckpt_two", """{"method": "gradient"}""", [1, 2]);
            _networks.Forget("ckpt_two");

            double p = 1 / (1 + Math.Exp(-1));
            (most.ClassName, no.Score).ShouldBe(("yes", -1));
            yes.Score.ShouldBe(p, 1e-6);
            yes.Values.ShouldBe([(float)(3 * p * (1 - p)), (float)(-p * (1 - p))], 1e-5);
            no.Values.ShouldBe([-3, 1], 1e-5);
        }
    }

    [Fact]
    public async Task A_row_of_a_dataset_is_explained_as_if_it_had_been_sent()
    {
        _saved.Save("ckpt_blobs", Spec.Job(), new() { InputShape = [2] }, Classes);
        Dataset blobs = (await _datasets.OpenAsync("blobs", default)).Value!;
        float[] row = new float[2];
        blobs.Train.Inputs.CopyRow(7, row);

        Explanation found = (await AskAsync("ckpt_blobs", """{"dataset": "blobs", "row": 7, "method": "gradient", "class": 1}""")).Value!;

        found.Values.ShouldBe((await GetAsync("ckpt_blobs", """{"method": "gradient", "class": 1}""", row)).Values);
        blobs.Description.Target.ClassNames!.ShouldContain(found.Actual);
        // What it was trained on, unless named.
        (await AskAsync("ckpt_blobs", """{"row": 7, "method": "gradient", "class": 1}""")).Value!.Values.ShouldBe(found.Values);
    }

    [Theory]
    [InlineData("ckpt_linear", """{"method": "gradient"}""", "/input", "required")]
    [InlineData("ckpt_linear", """{"input": [1, 2], "row": 3}""", "/input", "conflict")]
    [InlineData("ckpt_linear", """{"input": [1, 2]}""", "/input", "impossible_shape")]
    [InlineData("ckpt_linear", """{"input": [1, 2, 3, 4, 1e39]}""", "/input/4", "out_of_range")]
    [InlineData("ckpt_linear", """{"input": [1, 2, 3, 4, 5], "metod": 1}""", "/metod", "unknown_key")]
    [InlineData("ckpt_linear", """{"input": [1, 2, 3, 4, 5], "method": "lime"}""", "/method", "unknown_name")]
    [InlineData("ckpt_linear", """{"input": [1, 2, 3, 4, 5], "method": "grad_cam"}""", "/method", "conflict")]
    [InlineData("ckpt_linear", """{"input": [1, 2, 3, 4, 5], "class": "tpo"}""", "/class", "unknown_name")]
    [InlineData("ckpt_linear", """{"input": [1, 2, 3, 4, 5], "class": 3}""", "/class", "out_of_range")]
    [InlineData("ckpt_linear", """{"input": [1, 2, 3, 4, 5], "class": [1]}""", "/class", "wrong_type")]
    [InlineData("ckpt_linear", """{"input": [1, 2, 3, 4, 5], "baseline": "black"}""", "/baseline", "conflict")]
    [InlineData("ckpt_linear", """{"input": [1, 2, 3, 4, 5], "baseline": "blak"}""", "/baseline", "unknown_name")]
    [InlineData("ckpt_linear", """{"input": [1, 2, 3, 4, 5], "baseline": [1]}""", "/baseline", "impossible_shape")]
    [InlineData("ckpt_linear", """{"input": [1, 2, 3, 4, 5], "steps": 0}""", "/steps", "out_of_range")]
    [InlineData("ckpt_linear", """{"input": [1, 2, 3, 4, 5], "method": "gradient", "steps": 5}""", "/steps", "conflict")]
    [InlineData("ckpt_linear", """{"dataset": "blobs"}""", "/row", "required")]
    [InlineData("ckpt_linear", """{"dataset": "blobs", "row": 1}""", "/dataset", "impossible_shape")]
    [InlineData("ckpt_linear", """{"dataset": "bloobs", "row": 1}""", "/dataset", "not_found")]
    [InlineData("ckpt_blobs", """{"dataset": "blobs", "row": 1000000}""", "/row", "out_of_range")]
    [InlineData("ckpt_blobs", """{"dataset": "blobs", "row": 1, "part": "validation"}""", "/part", "not_found")]
    [InlineData("ckpt_table", """{"dataset": "blobs", "row": 1}""", "/dataset", "not_found")]
    [InlineData("ckpt_table", """{"input": {"width": 1, "colour": "pink", "height": 2}}""", "/input/colour", "unknown_name")]
    [InlineData("ckpt_picture", """{"input": IMAGE, "method": "occlusion", "window": 7}""", "/window", "out_of_range")]
    [InlineData("ckpt_picture", """{"input": IMAGE, "method": "occlusion", "window": 2, "stride": 3}""", "/stride", "out_of_range")]
    [InlineData("ckpt_picture", """{"input": IMAGE, "layer": "c2"}""", "/layer", "unknown_name")]
    [InlineData("ckpt_words", """{"input": [1, 2, 3, 4, 5], "method": "gradient"}""", "/method", "conflict")]
    [InlineData("ckpt_words", """{"input": [1, 2, 3, 4, 9], "method": "occlusion"}""", "/input/4", "out_of_range")]
    [InlineData("ckpt_wide", """{"input": WIDE, "method": "occlusion"}""", "/method", "too_large")]
    public async Task A_wrong_question_is_told_its_place(string id, string body, string pointer, string code)
    {
        _saved.Save("ckpt_blobs", Spec.Job(), new() { InputShape = [2] }, Classes);
        _saved.Save("ckpt_words", Spec.Job("""{"model": {"type": "sequential", "layers": [{"type": "embedding", "input_dim": 6, "output_dim": 2}, {"type": "flatten"}, {"type": "dense", "units": 3}]}}"""),
            new() { InputShape = [5] }, Classes);
        _saved.Save("ckpt_wide", Spec.Job(Linear), new() { InputShape = [20_001] }, Classes);
        body = body.Replace("IMAGE", Text(Pixels()), StringComparison.Ordinal).Replace("WIDE", Text(new float[20_001]), StringComparison.Ordinal);

        SpecError error = (await AskAsync(id, body)).Errors.ShouldHaveSingleItem();

        error.Pointer.ShouldBe(pointer);
        error.Code.ShouldBe(code, error.Detail);
    }

    [Fact]
    public async Task A_checkpoint_that_is_not_there_is_told_so() => (await AskAsync("ckpt_9", """{"input": [1]}""")).NotFound.ShouldBeTrue();

    private static float Score(int index, float[] x) => x.Select((v, i) => v * Kernel[(i * 3) + index]).Sum() + 1 - index;

    private static double Distance(float[] a, float[] b) => a.Zip(b).Sum(p => Math.Pow(p.First - p.Second, 2));

    private static float[] Pixels() => [.. Enumerable.Range(0, 42).Select(i => (i * 37 % 64) / 64f)];

    private static string Text(float[] values) => $"[{string.Join(',', values.Select(v => v.ToString("r", CultureInfo.InvariantCulture)))}]";

    private async Task<float[]> OutputsAsync(string id, float[] x)
    {
        using JsonDocument body = JsonDocument.Parse($$"""{"inputs": [{{Text(x)}}]}""");
        return (await _prediction.PredictAsync(id, body.RootElement, default)).Value!.Outputs[0];
    }

    private Task<Explanation> GetAsync(string id, string options, float[] input) => GetAsync(id, options, JsonSerializer.SerializeToElement(input));

    private async Task<Explanation> GetAsync(string id, string options, JsonElement input)
    {
        Answer<Explanation> answer = await AskAsync(id, $$"""{"input": {{input.GetRawText()}}, {{options.Trim()[1..]}}""");
        answer.Errors.ShouldBeEmpty();
        return answer.Value!;
    }

    private async Task<Answer<Explanation>> AskAsync(string id, string body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        return await _service.ExplainAsync(id, document.RootElement, default);
    }
}
