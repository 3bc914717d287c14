using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Formats;

/// <summary>Models that other people trained and saved, taken in over HTTP: their outputs must be those of the readers that they were made for.</summary>
[Collection(ServerCollection.Name)]
public class GoldenModelTests(SharedServer shared)
{
    private const string ResNet8 = "keras_h5/mlperf_tiny_resnet8_cifar10.h5", Waste = "keras_h5/teachablemachine_waste_mobilenetv2_035_224.h5",
        Custom = "keras_v3/pre_pr22362_nested_container.keras", ResNet20 = "safetensors/resnet20_cifar10.safetensors", Burn = "safetensors/burn_multi_layer.safetensors";

    private readonly HttpClient _http = shared.Server.Http;

    [AssetFact(ResNet8)]
    public async Task A_functional_model_of_Keras_2_gives_its_outputs()
    {
        JsonNode made = await ImportAsync(null, ResNet8);
        made["model"]!["loss"]!["type"]!.GetValue<string>().ShouldBe("categorical_crossentropy");
        JsonNode report = made["report"]!;
        report["unexpected"]!.AsArray().ShouldBeEmpty();
        report["skipped"]!.AsArray().Select(s => s!["name"]!.GetValue<string>()).ShouldBe(["optimizer_weights"]);
        report["origins"]!.AsArray()[0]!["from"]!.GetValue<string>().ShouldBe("conv2d/kernel:0");
        await GoldenAsync(made, "mlperf_resnet8.json", v => v, "output", 1e-5);
    }

    [AssetFact(Waste)]
    public async Task A_nested_model_of_Teachable_Machine_gives_its_outputs()
    {
        JsonNode made = await ImportAsync(null, Waste, ("classes", """["cardboard", "metal", "paper", "plastic"]"""));
        made["report"]!["loaded"]!.AsArray().Count.ShouldBe(263);
        await GoldenAsync(made, "tm_waste_mobilenetv2_035.json", v => (v / 127.5) - 1, "output", 1e-5);
    }

    [AssetFact("tfjs/darknettiny/model.json")]
    public async Task A_model_of_TensorFlow_js_gives_its_outputs()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (string name in Enumerable.Range(1, 31).Select(i => $"group{i}-shard1of1").Prepend("model.json"))
            {
                using Stream target = zip.CreateEntry($"darknettiny/{name}").Open();
                await target.WriteAsync(SharedAssets.Read($"tfjs/darknettiny/{name}"));
            }
        using HttpResponseMessage answer = await _http.ImportAsync(null, stream.ToArray(), ("classes", "imagenet_darknet"));
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        JsonNode made = await answer.BodyAsync();
        await GoldenAsync(made, "darknettiny.json", v => v / 255, "output", 1e-5);

        // Scores become probabilities of ImageNet's categories, in Darknet's order.
        using MultipartFormDataContent form = new()
        {
            { new ByteArrayContent(SharedAssets.Files("images/pets/dogs").First(f => f.Name.Contains("pyrenees_158", StringComparison.Ordinal)).Bytes), "image", "dog.jpg" },
            { new StringContent("""{"top_k": 5}"""), "spec" },
        };
        using HttpResponseMessage asked = await _http.PostAsync($"/checkpoints/{made["id"]!.GetValue<string>()}/predict", form);
        JsonArray top = (await asked.BodyAsync())["classes"]![0]!.AsArray();
        top[0]!["name"]!.GetValue<string>().ShouldBe("Great_Pyrenees");
        top.Sum(c => c!["probability"]!.GetValue<double>()).ShouldBeInRange(0.9, 1);
    }

    [AssetFact("onnx/mnist-8.onnx")]
    public async Task A_model_in_ONNX_reads_digits_as_ONNX_Runtime_does()
    {
        JsonNode made = await ImportAsync(null, "onnx/mnist-8.onnx");
        made["report"]!["unexpected"]!.AsArray().ShouldBeEmpty();
        JsonNode dense = made["report"]!["origins"]!.AsArray().Single(o => o!["from"]!.GetValue<string>() == "Parameter193")!;
        dense["change"]!.GetValue<string>().ShouldContain("from [channels, …] to [… , channels]");
        using var zip = new GZipStream(new MemoryStream(SharedAssets.Read("mnist/t10k-images-idx3-ubyte.gz")), CompressionMode.Decompress);
        byte[] images = new byte[16 + (5 * 784)];
        zip.ReadExactly(images);
        JsonArray[] rows = [.. Enumerable.Range(0, 5).Select(i => new JsonArray([.. Enumerable.Range(0, 784).Select(p => (JsonNode?)(int)images[16 + (784 * i) + p])]))];
        using HttpResponseMessage answer = await _http.PostAsync($"/checkpoints/{made["id"]!.GetValue<string>()}/predict", ApiClient.Json(new JsonObject { ["inputs"] = new JsonArray(rows) }.ToJsonString()));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        double[] given = [.. (await answer.BodyAsync())["outputs"]!.AsArray().SelectMany(r => r!.AsArray()).Select(n => n!.GetValue<double>())];
        double[] expected = [.. JsonNode.Parse(SharedAssets.Text("golden/mnist8_t10k_first5_ort.json"))!["outputs"]!.AsArray().SelectMany(r => r!.AsArray()).Select(n => n!.GetValue<double>())];
        given.ShouldBe(expected, 1e-5 * expected.Max(Math.Abs));
    }

    [AssetFact("onnx/light/light_squeezenet.onnx")]
    public async Task An_ONNX_file_says_its_network_itself()
    {
        JsonNode made = await ImportAsync(null, "onnx/light/light_squeezenet.onnx");
        made["report"]!["skipped"]!.AsArray().ShouldContain(s => s!["name"]!.GetValue<string>().Contains("(Dropout)", StringComparison.Ordinal));
        using HttpResponseMessage answer = await _http.ImportAsync("""{"type": "sequential", "layers": [{"type": "dense", "units": 1, "input_shape": [3]}]}""", SharedAssets.Read("onnx/light/light_squeezenet.onnx"));
        (await answer.ShouldBeProblemAsync(422))["errors"]!.AsArray().ShouldHaveSingleItem()!["pointer"]!.GetValue<string>().ShouldBe("/model");
    }

    [AssetFact(Custom)]
    public async Task A_custom_class_is_refused_by_name()
    {
        using HttpResponseMessage answer = await _http.ImportAsync(null, SharedAssets.Read(Custom));
        JsonNode error = (await answer.ShouldBeProblemAsync(422))["errors"]!.AsArray().ShouldHaveSingleItem()!;
        error["code"]!.GetValue<string>().ShouldBe("custom_class");
        error["detail"]!.GetValue<string>().ShouldContain("'NestedDenseModel' (registered as 'legacy_nested_container>NestedDenseModel')");
    }

    [AssetFact(ResNet20)]
    public async Task A_model_of_PyTorch_gives_its_outputs_by_name_by_order_and_as_said()
    {
        string file = ResNet20;
        JsonNode named = await ImportAsync(ResNet20Model("layer{0}_{1}_"), file);
        named["report"]!["origins"]!.AsArray()[0]!["change"]!.GetValue<string>().ShouldBe("transposed");
        await GoldenAsync(named, "resnet20_cifar10_safetensors.json", v => ((v / 255) - 0.45) / 0.225, "output_logits", 1e-4);
        JsonNode ordered = await ImportAsync(ResNet20Model("stage{0}.block{1}-"), file, ("mapping", "order"));
        await GoldenAsync(ordered, "resnet20_cifar10_safetensors.json", v => ((v / 255) - 0.45) / 0.225, "output_logits", 1e-4);
        var mapping = new JsonObject();
        foreach (JsonNode? origin in named["report"]!["origins"]!.AsArray()) mapping[origin!["from"]!.GetValue<string>()] = origin["tensor"]!.GetValue<string>();
        JsonNode said = await ImportAsync(ResNet20Model("layer{0}_{1}_"), file, ("mapping", mapping.ToJsonString()));
        await GoldenAsync(said, "resnet20_cifar10_safetensors.json", v => ((v / 255) - 0.45) / 0.225, "output_logits", 1e-4);
        mapping["module.conv9.weight"] = "conv1/kernal";
        using HttpResponseMessage wrong = await _http.ImportAsync(ResNet20Model("layer{0}_{1}_"), SharedAssets.Read(file), ("mapping", mapping.ToJsonString()));
        (await wrong.ShouldBeProblemAsync(422))["errors"]!.AsArray().Select(e => e!["did_you_mean"]!.GetValue<string>()).ShouldContain("conv1/kernel");
    }

    [AssetFact(Burn)]
    public async Task A_dense_layer_behind_a_flattened_image_gets_its_inputs_in_this_order()
    {
        const string model = """
            {"type": "sequential", "layers": [
              {"type": "conv2d", "name": "conv1", "filters": 4, "kernel_size": 3, "padding": "same", "input_shape": [8, 8, 3]}, {"type": "batch_normalization", "name": "norm1", "epsilon": 1e-5},
              {"type": "flatten"}, {"type": "dense", "name": "fc1", "units": 16}]}
            """;
        JsonNode made = await ImportAsync(model, Burn);
        made["report"]!["skipped"]!.AsArray().Select(s => s!["name"]!.GetValue<string>()).ShouldBe(["norm1.num_batches_tracked"]);
        made["report"]!["origins"]!.AsArray().Last(o => o!["tensor"]!.GetValue<string>() == "fc1/kernel")!["change"]!.GetValue<string>().ShouldContain("[channels, height, width]");
    }

    private async Task<JsonNode> ImportAsync(string? model, string asset, params (string, string)[] parts)
    {
        using HttpResponseMessage answer = await _http.ImportAsync(model, SharedAssets.Read(asset), parts);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.BodyAsync();
    }

    /// <summary>The input is given by the rule that stands in every golden file: v = floor(i · 7919 / 13) mod 256.</summary>
    private async Task GoldenAsync(JsonNode made, string golden, Func<double, double> scale, string key, double tolerance)
    {
        JsonNode expected = JsonNode.Parse(SharedAssets.Text($"golden/{golden}"))!;
        int[] shape = [.. (expected["input_shape"] ?? expected["input_shape_nhwc"])!.AsArray().Skip(1).Select(n => n!.GetValue<int>())];
        int i = 0;
        JsonArray Fill(int axis) => new([.. Enumerable.Range(0, shape[axis]).Select(_ => axis == shape.Length - 1 ? (JsonNode)(float)scale(i++ * 7919L / 13 % 256) : Fill(axis + 1))]);
        var body = new JsonObject { ["inputs"] = new JsonArray(Fill(0)) };
        using HttpResponseMessage answer = await _http.PostAsync($"/checkpoints/{made["id"]!.GetValue<string>()}/predict", ApiClient.Json(body.ToJsonString()));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        double[] outputs = [.. (await answer.BodyAsync())["outputs"]![0]!.AsArray().Select(n => n!.GetValue<double>())];
        double[] wanted = [.. expected[key]!.AsArray().Select(n => n!.GetValue<double>())];
        double largest = wanted.Max(Math.Abs);
        outputs.Zip(wanted).Max(p => Math.Abs(p.First - p.Second)).ShouldBeLessThan(tolerance * largest);
    }

    /// <summary>
    /// He's network for CIFAR-10 of 3 · 3 blocks. Its shortcuts take every second pixel and put zero channels around: with channels turned to the place of
    /// an image's side and back, zero padding does that.
    /// </summary>
    private static string ResNet20Model(string block)
    {
        var layers = new JsonArray { new JsonObject { ["type"] = "input", ["name"] = "in", ["shape"] = new JsonArray(32, 32, 3) } };
        string last = Unit("in", block.StartsWith("layer", StringComparison.Ordinal) ? "conv1" : "first", block.StartsWith("layer", StringComparison.Ordinal) ? "bn1" : "first_bn", 16, 1, true);
        for (int stage = 1; stage <= 3; stage++)
            for (int number = 0; number < 3; number++)
            {
                string name = string.Format(System.Globalization.CultureInfo.InvariantCulture, block, stage, number);
                int filters = 8 << stage, stride = stage > 1 && number == 0 ? 2 : 1;
                string inner = Unit(Unit(last, $"{name}conv1", $"{name}bn1", filters, stride, true), $"{name}conv2", $"{name}bn2", filters, 1, false), shortcut = last;
                if (stride == 2)
                {
                    shortcut = Add("max_pooling2d", $"{name}half", shortcut, ("pool_size", 1), ("strides", 2));
                    shortcut = Add("permute", $"{name}turn", shortcut, ("dims", new JsonArray(1, 3, 2)));
                    shortcut = Add("zero_padding2d", $"{name}zeros", shortcut, ("padding", new JsonArray(new JsonArray(0, 0), new JsonArray(filters / 4, filters / 4))));
                    shortcut = Add("permute", $"{name}back", shortcut, ("dims", new JsonArray(1, 3, 2)));
                }
                layers.Add(new JsonObject { ["type"] = "add", ["name"] = $"{name}sum", ["inputs"] = new JsonArray(inner, shortcut) });
                last = Add("relu", $"{name}out", $"{name}sum");
            }
        last = Add("global_average_pooling2d", "pool", last);
        last = Add("dense", block.StartsWith("layer", StringComparison.Ordinal) ? "linear" : "classes", last, ("units", 10));
        return new JsonObject { ["type"] = "functional", ["layers"] = layers, ["outputs"] = new JsonArray(last) }.ToJsonString();

        string Add(string type, string name, string input, params (string Name, JsonNode Value)[] arguments)
        {
            var layer = new JsonObject { ["type"] = type, ["name"] = name, ["inputs"] = new JsonArray(input) };
            foreach ((string key, JsonNode value) in arguments) layer[key] = value;
            layers.Add(layer);
            return name;
        }

        string Unit(string input, string conv, string norm, int filters, int stride, bool relu)
        {
            // PyTorch pads one pixel on each side; "same" with a stride would pad less at the top left.
            string padded = Add("zero_padding2d", $"{conv}_pad", input, ("padding", 1));
            Add("conv2d", conv, padded, ("filters", filters), ("kernel_size", 3), ("strides", stride), ("use_bias", false));
            Add("batch_normalization", norm, conv, ("epsilon", 1e-5));
            return relu ? Add("relu", $"{norm}_relu", norm) : norm;
        }
    }
}
