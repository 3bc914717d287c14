using System.Text.Json;
using TrainService.NeuralNet.Catalog;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.Specification.Reading;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

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

    private static readonly Dictionary<string, Func<int, ComputePool?, Workload>> All = new(StringComparer.Ordinal)
    {
        ["mlp_sgd32"] = (t, pool) => Dense(Mlp, Sgd, 0.01f, 32, t, pool),
        ["mlp_sgd32_accuracy"] = (t, pool) => Dense(Mlp, Sgd, 0.01f, 32, t, pool, metrics: [new NeuralNet.Metrics.SparseCategoricalAccuracy("accuracy")]),
        ["mlp_adam32"] = (t, pool) => Dense(Mlp, "\"adam\"", 0.001f, 32, t, pool),
        ["mlp_sgd256"] = (t, pool) => Dense(Mlp, Sgd, 0.01f, 256, t, pool),
        ["bn_mlp32"] = (t, pool) => Dense(BatchNormalized, Sgd, 0.01f, 32, t, pool),
        ["cnn_small32"] = (t, pool) => Dense(SmallConvolutional, Sgd, 0.01f, 32, t, pool, image: true),
        ["cnn_homl32"] = (t, pool) => Dense(Convolutional(), Sgd, 0.01f, 32, t, pool, image: true),
        ["selu100_32"] = (t, pool) => Dense(Selu100(), Sgd, 0.001f, 32, t, pool, standardized: true),
        ["resnet50_train"] = (t, pool) => Images(TorchNetworks.ResNet50(), 8, 1000, t, pool),
        ["mobilenetv2_train"] = (t, pool) => Images(TorchNetworks.MobileNetV2(), 16, 1000, t, pool),
        ["mobilenetv2_frozen"] = (t, pool) => Images(TorchNetworks.FrozenMobileNetV2(), 16, 2, t, pool, featureMemory: 0),
        ["mobilenetv2_frozen_kept"] = (t, pool) => Images(TorchNetworks.FrozenMobileNetV2(), 16, 2, t, pool),
        ["resnet50_infer"] = (t, pool) => Predicting(TorchNetworks.ResNet50(), 8, t, pool),
        ["mobilenetv2_infer"] = (t, pool) => Predicting(TorchNetworks.MobileNetV2(), 16, t, pool),
    };

    /// <summary>Those that the peers have too.</summary>
    public static IReadOnlyCollection<string> Names => [.. All.Keys.Where(n => n != "mlp_sgd32_accuracy")];

    /// <param name="pool">Whose threads it computes on; null for a pool of its own.</param>
    public static Workload Create(string name, int threads, ComputePool? pool = null) => All[name](threads, pool);

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

    private static TrainingWorkload Dense(string layers, string optimizer, float rate, int batch, int threads, ComputePool? pool, bool standardized = false, bool image = false, IReadOnlyList<NeuralNet.Metrics.Metric>? metrics = null)
    {
        // Mean and deviation of Fashion-MNIST's training pixels / 255.
        (float scale, float offset) = standardized ? (1 / (255f * 0.353f), -0.286f / 0.353f) : (1 / 255f, 0f);
        return new TrainingWorkload(Network.Build(Layers(layers), image ? new Shape(28, 28, 1) : new Shape(28, 28)), Crossentropy, Part<Optimizer>("optimizer", optimizer),
            rate, batch, FashionMnistRows.Load(scale, offset), threads, pool, metrics);
    }

    private static TrainingWorkload Images(LayerNode[] layers, int batch, int classes, int threads, ComputePool? pool, long? featureMemory = null)
        => new(Network.Build(layers, RandomImages.Shape, inputName: "input"), Crossentropy, Part<Optimizer>("optimizer", Sgd), 0.01f, batch,
            RandomImages.Load(4 * batch, classes), threads, pool, featureMemory: featureMemory);

    private static InferenceWorkload Predicting(LayerNode[] layers, int batch, int threads, ComputePool? pool)
        => new(Network.Build(layers, RandomImages.Shape, inputName: "input"), batch, RandomImages.Load(4 * batch, 1000).Inputs, threads, pool);

    private static Loss Crossentropy => Part<Loss>("loss", "\"sparse_categorical_crossentropy\"");

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
