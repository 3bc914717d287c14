using System.Text.Json;
using TrainService.NeuralNet.Catalog;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.Specification.Reading;
using TrainService.Tensors;

namespace TrainService.Benchmarks.Workloads;

/// <summary>The workloads, by the peers' names, written as jobs write them.</summary>
internal static class Catalog
{
    private const string Mlp = """["flatten", {"type": "dense", "units": 300, "activation": "relu"}, {"type": "dense", "units": 100, "activation": "relu"}, {"type": "dense", "units": 10, "activation": "softmax"}]""";

    private const string BatchNormalized = """
        ["flatten", "batch_normalization",
         {"type": "dense", "units": 300, "use_bias": false}, "batch_normalization", {"type": "activation", "activation": "relu"},
         {"type": "dense", "units": 100, "use_bias": false}, "batch_normalization", {"type": "activation", "activation": "relu"},
         {"type": "dense", "units": 10, "activation": "softmax"}]
        """;

    private const string SmallConvolutional = """
        [{"type": "conv2d", "filters": 32, "kernel_size": 3, "activation": "relu"}, "max_pooling2d",
         {"type": "conv2d", "filters": 64, "kernel_size": 3, "activation": "relu"}, "max_pooling2d", "flatten",
         {"type": "dense", "units": 64, "activation": "relu"}, {"type": "dense", "units": 10, "activation": "softmax"}]
        """;

    private const string Sgd = """{"type": "sgd", "momentum": 0.9}""";

    private static readonly Dictionary<string, Func<int, Workload>> All = new(StringComparer.Ordinal)
    {
        ["mlp_sgd32"] = t => Dense(Mlp, Sgd, 0.01f, 32, t),
        ["mlp_sgd32_accuracy"] = t => Dense(Mlp, Sgd, 0.01f, 32, t, metrics: [new NeuralNet.Metrics.SparseCategoricalAccuracy("accuracy")]),
        ["mlp_adam32"] = t => Dense(Mlp, "\"adam\"", 0.001f, 32, t),
        ["mlp_sgd256"] = t => Dense(Mlp, Sgd, 0.01f, 256, t),
        ["bn_mlp32"] = t => Dense(BatchNormalized, Sgd, 0.01f, 32, t),
        ["cnn_small32"] = t => Dense(SmallConvolutional, Sgd, 0.01f, 32, t, image: true),
        ["cnn_homl32"] = t => Dense(Convolutional(), Sgd, 0.01f, 32, t, image: true),
        ["selu100_32"] = t => Dense(Selu100(), Sgd, 0.001f, 32, t, standardized: true),
        ["resnet50_train"] = t => Images(TorchNetworks.ResNet50(), 8, t),
        ["mobilenetv2_train"] = t => Images(TorchNetworks.MobileNetV2(), 16, t),
    };

    /// <summary>Those that the peers have too.</summary>
    public static IReadOnlyCollection<string> Names => [.. All.Keys.Where(n => n != "mlp_sgd32_accuracy")];

    public static Workload Create(string name, int threads) => All[name](threads);

    private static string Selu100()
    {
        const string Layer = """, {"type": "dense", "units": 100, "activation": "selu", "kernel_initializer": "lecun_normal"}""";
        return """["flatten", {"type": "dense", "units": 300, "activation": "selu", "kernel_initializer": "lecun_normal"}"""
            + string.Concat(Enumerable.Repeat(Layer, 99)) + """, {"type": "dense", "units": 10, "activation": "softmax"}]""";
    }

    private static string Convolutional()
    {
        static string Layer(int filters, int size) => $$"""{"type": "conv2d", "filters": {{filters}}, "kernel_size": {{size}}, "padding": "same", "activation": "relu"}""";
        const string Pool = "\"max_pooling2d\"", Drop = """{"type": "dropout", "rate": 0.5}""";
        return $$"""
            [{{Layer(64, 7)}}, {{Pool}}, {{Layer(128, 3)}}, {{Layer(128, 3)}}, {{Pool}}, {{Layer(256, 3)}}, {{Layer(256, 3)}}, {{Pool}}, "flatten",
             {"type": "dense", "units": 128, "activation": "relu"}, {{Drop}}, {"type": "dense", "units": 64, "activation": "relu"}, {{Drop}},
             {"type": "dense", "units": 10, "activation": "softmax"}]
            """;
    }

    private static Workload Dense(string layers, string optimizer, float rate, int batch, int threads, bool standardized = false, bool image = false, IReadOnlyList<NeuralNet.Metrics.Metric>? metrics = null)
    {
        // Mean and deviation of Fashion-MNIST's training pixels / 255.
        (float scale, float offset) = standardized ? (1 / (255f * 0.353f), -0.286f / 0.353f) : (1 / 255f, 0f);
        return new Workload(Layers(layers), image ? new Shape(28, 28, 1) : new Shape(28, 28), Part<Loss>("loss", "\"sparse_categorical_crossentropy\""), Part<Optimizer>("optimizer", optimizer),
            rate, batch, FashionMnistRows.Load(scale, offset), threads, metrics);
    }

    private static Workload Images(LayerNode[] layers, int batch, int threads)
        => new(layers, new Shape(RandomImages.Side, RandomImages.Side, RandomImages.Channels), Part<Loss>("loss", "\"sparse_categorical_crossentropy\""),
            Part<Optimizer>("optimizer", Sgd), 0.01f, batch, RandomImages.Load(4 * batch, 1000), threads);

    private static LayerNode[] Layers(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select((element, i) => new LayerNode($"layer_{i}", Read<Layer>("layer", element)))];
    }

    internal static T Part<T>(string category, string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return Read<T>(category, document.RootElement);
    }

    private static T Read<T>(string category, JsonElement json)
    {
        SpecErrors errors = new();
        object? part = new SpecReader(Registries.All, errors).ReadComponent(json, category, "")?.Create();
        return errors.Any ? throw new InvalidOperationException(string.Join("; ", errors.All)) : (T)part!;
    }
}
