using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;
using TrainService.Formats;
using TrainService.Formats.Hdf5;
using TrainService.Formats.Safetensors;

namespace TrainService.Api.Tests.Formats;

/// <summary>Files that Keras 3.16 itself saved (Files/make_files.py), in and out over HTTP.</summary>
[Collection(ServerCollection.Name)]
public class KerasFileTests(SharedServer shared)
{
    private readonly HttpClient _http = shared.Server.Http;

    [Theory]
    [InlineData("images", ".keras")]
    [InlineData("images", ".h5")]
    [InlineData("images", ".weights.h5")]
    [InlineData("rows", ".keras")]
    [InlineData("rows", ".h5")]
    [InlineData("rows", ".weights.h5")]
    [InlineData("nested", ".keras")]
    [InlineData("nested", ".h5")]
    [InlineData("nested", ".weights.h5")]
    [InlineData("more", ".keras")]
    [InlineData("more", ".h5")]
    [InlineData("more", ".weights.h5")]
    [InlineData("words", ".keras")]
    [InlineData("words", ".h5")]
    public async Task What_Keras_saved_gives_what_Keras_predicted(string name, string extension)
    {
        JsonNode golden = JsonNode.Parse(await File.ReadAllTextAsync(Path_($"{name}.json")))!;
        JsonNode made = await ImportAsync(extension == ".weights.h5" ? golden["model"]!.ToJsonString() : null, await File.ReadAllBytesAsync(Path_(name + extension)));
        made["report"]!["unexpected"]!.AsArray().ShouldBeEmpty();
        made["report"]!["origins"]!.AsArray().Count.ShouldBe(made["report"]!["loaded"]!.AsArray().Count);
        await PredictsAsync(made, golden);
    }

    [Theory]
    [InlineData("images", "keras")]
    [InlineData("images", "h5")]
    [InlineData("images", "safetensors")]
    [InlineData("images", "npz")]
    [InlineData("words", "tfjs")]
    [InlineData("nested", "tfjs")]
    [InlineData("rows", "keras")]
    [InlineData("rows", "h5")]
    [InlineData("nested", "keras")]
    [InlineData("nested", "h5")]
    [InlineData("more", "keras")]
    [InlineData("more", "h5")]
    [InlineData("words", "keras")]
    public async Task What_is_exported_comes_back_to_the_same_bits(string name, string format)
    {
        JsonNode golden = JsonNode.Parse(await File.ReadAllTextAsync(Path_($"{name}.json")))!;
        JsonNode first = await ImportAsync(null, await File.ReadAllBytesAsync(Path_($"{name}.keras")));
        byte[] file = await ExportAsync(first, $"format={format}");
        file.ShouldBe(await ExportAsync(first, $"format={format}"));
        JsonNode again = await ImportAsync(format is "safetensors" or "npz" ? first["model"]!["model"]!.ToJsonString() : null, file);
        await PredictsAsync(again, golden);
        Dictionary<string, NamedArray> before = await TensorsAsync(first), after = await TensorsAsync(again);
        after.Keys.Order().ShouldBe(before.Keys.Order());
        foreach ((string tensor, NamedArray array) in before) after[tensor].Bytes.SequenceEqual(array.Bytes).ShouldBeTrue(tensor);
    }

    [Fact]
    public async Task The_archive_has_the_parts_that_Keras_looks_for()
    {
        JsonNode made = await ImportAsync(null, await File.ReadAllBytesAsync(Path_("images.keras")));
        using var archive = new ZipArchive(new MemoryStream(await ExportAsync(made, "format=keras")));
        archive.Entries.Select(e => e.FullName).ShouldBe(["metadata.json", "config.json", "model.weights.h5"]);
        JsonNode config = (await JsonNode.ParseAsync(archive.GetEntry("config.json")!.Open()))!;
        config["class_name"]!.GetValue<string>().ShouldBe("Functional");
        // Layers by depth, as Keras counts them; the ones that came out of the model within are among them.
        config["config"]!["layers"]!.AsArray().Select(l => l!["class_name"]!.GetValue<string>()).Take(8)
            .ShouldBe(["InputLayer", "Rescaling", "ZeroPadding2D", "Conv2D", "BatchNormalization", "LeakyReLU", "Conv2D", "BatchNormalization"]);
        config["config"]!["layers"]!.AsArray().Single(l => l!["name"]!.GetValue<string>() == "twice")!["inbound_nodes"]!.AsArray().Count.ShouldBe(2);
        using var weights = new MemoryStream();
        await archive.GetEntry("model.weights.h5")!.Open().CopyToAsync(weights);
        weights.Position = 0;
        Hdf5Group root = Hdf5File.Open(weights);
        root.Group("layers/conv2d/vars")!.Attributes.Text("name").ShouldBe("first");
        root.Dataset("layers/conv2d_1/vars/0")!.Shape.ShouldBe([3, 3, 4, 4]);
    }

    [Fact]
    public async Task Half_precision_halves_the_file_and_says_what_it_costs()
    {
        JsonNode made = await ImportAsync(null, await File.ReadAllBytesAsync(Path_("rows.keras")));
        byte[] whole = await ExportAsync(made, "format=safetensors"), half = await ExportAsync(made, "format=safetensors&precision=float16");
        half.Length.ShouldBeLessThan(whole.Length);
        foreach (NamedArray array in SafetensorsFile.Read(new MemoryStream(half)).Arrays) array.Type.ShouldBe(ArrayType.Float16);
        JsonNode facts = await FactsAsync(await ExportAsync(made, "format=keras&precision=float16&bundle=true"));
        facts["tensor_bytes"]!.GetValue<long>().ShouldBe(facts["float32_bytes"]!.GetValue<long>() / 2);
        facts["precision_loss"]!["largest_difference"]!.GetValue<double>().ShouldBeInRange(1e-7, 1e-2);
    }

    [PythonTheory]
    [InlineData("npz")]
    [InlineData("safetensors")]
    [InlineData("npz&precision=int8")]
    [InlineData("safetensors&precision=int8")]
    public async Task The_bundles_checker_finds_its_tensors_and_notices_damage(string format)
    {
        JsonNode made = await ImportAsync(null, await File.ReadAllBytesAsync(Path_("images.keras")));
        string folder = TemporaryFolder.New();
        try
        {
            using (var archive = new ZipArchive(new MemoryStream(await ExportAsync(made, $"format={format}&bundle=true")))) archive.ExtractToDirectory(folder);
            (await PythonAsync(folder, "check.py")).ExitCode.ShouldBe(0);
            (await PythonAsync(folder, "-c", "import ast; ast.parse(open('train.py').read()); ast.parse(open('check.py').read())")).Succeeded();
            string file = Path.Combine(folder, $"model.{format.Split('&')[0]}");
            byte[] bytes = await File.ReadAllBytesAsync(file);
            bytes[^200] ^= 1;
            await File.WriteAllBytesAsync(file, bytes);
            CommandResult noticed = await PythonAsync(folder, "check.py");
            noticed.ExitCode.ShouldBe(1);
            noticed.Error.ShouldContain("check sum differs");
        }
        finally
        {
            TemporaryFolder.Remove(folder);
        }
    }

    [Theory]
    [InlineData("format=tfjs", "/format", "no_equivalent")]
    [InlineData("format=pickle", "/format", "unknown_name")]
    [InlineData("format=h5&precision=int8", "/precision", "no_equivalent")]
    [InlineData("precision=int4", "/precision", "unknown_name")]
    public async Task What_cannot_be_exported_is_told(string query, string pointer, string code)
    {
        JsonNode made = await ImportAsync(null, await File.ReadAllBytesAsync(Path_("images.keras")));
        using HttpResponseMessage answer = await _http.GetAsync($"/checkpoints/{Id(made)}/export?{query}");
        JsonNode error = (await answer.ShouldBeProblemAsync(422))["errors"]!.AsArray().ShouldHaveSingleItem()!;
        error["pointer"]!.GetValue<string>().ShouldBe(pointer);
        error["code"]!.GetValue<string>().ShouldBe(code);
        using HttpResponseMessage missing = await _http.GetAsync("/checkpoints/ckpt_none/export");
        await missing.ShouldBeProblemAsync(404);
    }

    [Fact]
    public async Task Code_in_a_description_is_refused_by_the_layers_name()
    {
        byte[] file = Rewrite(await File.ReadAllBytesAsync(Path_("nested.keras")), config => config.Replace("\"class_name\": \"BatchNormalization\"", "\"class_name\": \"Lambda\"", StringComparison.Ordinal));
        using HttpResponseMessage answer = await _http.ImportAsync(null, file);
        JsonNode error = (await answer.ShouldBeProblemAsync(422))["errors"]!.AsArray().ShouldHaveSingleItem()!;
        error["code"]!.GetValue<string>().ShouldBe("contains_code");
        error["detail"]!.GetValue<string>().ShouldContain("is a Lambda: it holds code");
        file = Rewrite(await File.ReadAllBytesAsync(Path_("nested.keras")), config => config.Replace("\"class_name\": \"BatchNormalization\"", "\"class_name\": \"Unheard\"", StringComparison.Ordinal));
        using HttpResponseMessage unknown = await _http.ImportAsync(null, file);
        (await unknown.ShouldBeProblemAsync(422))["errors"]![0]!["got"]!.GetValue<string>().ShouldBe("Unheard");
    }

    private static string Path_(string name) => Path.Combine(ServiceProgram.Root, "tests", "TrainService.Api.Tests", "Formats", "Files", name);

    private static string Id(JsonNode made) => made["id"]!.GetValue<string>();

    private static Task<CommandResult> PythonAsync(string folder, params string[] arguments) => CommandResult.RunAsync(PythonTheoryAttribute.Program, arguments, folder: folder);

    private static byte[] Rewrite(byte[] archive, Func<string, string> change)
    {
        using var stream = new MemoryStream();
        stream.Write(archive);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            string text;
            using (var reader = new StreamReader(zip.GetEntry("config.json")!.Open())) text = reader.ReadToEnd();
            zip.GetEntry("config.json")!.Delete();
            using Stream target = zip.CreateEntry("config.json").Open();
            string changed = change(text);
            changed.ShouldNotBe(text);
            target.Write(Encoding.UTF8.GetBytes(changed));
        }
        return stream.ToArray();
    }

    private static async Task<JsonNode> FactsAsync(byte[] bundle)
    {
        using var archive = new ZipArchive(new MemoryStream(bundle));
        archive.Entries.Select(e => e.FullName).ShouldBe(["model.keras", "golden.npz", "train.py", "check.py", "bundle.json", "README.md"], ignoreOrder: true);
        return (await JsonNode.ParseAsync(archive.GetEntry("bundle.json")!.Open()))!;
    }

    private async Task<JsonNode> ImportAsync(string? model, byte[] file)
    {
        using HttpResponseMessage answer = await _http.ImportAsync(model, file);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.BodyAsync();
    }

    private async Task<byte[]> ExportAsync(JsonNode made, string query)
    {
        using HttpResponseMessage answer = await _http.GetAsync($"/checkpoints/{Id(made)}/export?{query}");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private async Task<Dictionary<string, NamedArray>> TensorsAsync(JsonNode made)
        => SafetensorsFile.Read(new MemoryStream(await _http.GetByteArrayAsync($"/checkpoints/{Id(made)}/weights"))).Arrays.ToDictionary(a => a.Name);

    private async Task PredictsAsync(JsonNode made, JsonNode golden)
    {
        var body = new JsonObject { ["inputs"] = golden["inputs"]!.DeepClone() };
        using HttpResponseMessage answer = await _http.PostAsync($"/checkpoints/{Id(made)}/predict", ApiClient.Json(body.ToJsonString()));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        double[] outputs = [.. (await answer.BodyAsync())["outputs"]!.AsArray().SelectMany(r => r!.AsArray()).Select(n => n!.GetValue<double>())];
        double[] wanted = [.. golden["outputs"]!.AsArray().SelectMany(r => r!.AsArray()).Select(n => n!.GetValue<double>())];
        outputs.ShouldBe(wanted, 2e-6 * Math.Max(1, wanted.Max(Math.Abs)));
    }
}
