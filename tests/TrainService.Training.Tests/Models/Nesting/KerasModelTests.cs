using TrainService.NeuralNet.Graph;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Specification.Writing;
using TrainService.Training.Compilation;
using TrainService.Training.Models;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Models.Nesting;

/// <summary>What <c>model.to_json()</c> of Keras 2 and Keras 3 prints, as it is.</summary>
public class KerasModelTests
{
    private const string DenseRest = """
        "use_bias": true, "kernel_initializer": {"module": "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": null}, "registered_name": null},
        "bias_initializer": {"module": "keras.initializers", "class_name": "Zeros", "config": {}, "registered_name": null}, "kernel_regularizer": null,
        "bias_regularizer": null, "kernel_constraint": null, "bias_constraint": null
        """;

    private const string Policy = """{"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": null}""";

    // MLPerf Tiny's ResNet-8 for CIFAR-10, saved by tf.keras 2: 78,666 parameters by its own summary.
    [Fact]
    public void A_functional_model_of_Keras_2()
    {
        Network network = Build(File("keras2_functional_resnet8"));

        network.ParameterCount.ShouldBe(78_666);
        network.InputShape.Axes.ShouldBe([32, 32, 3]);
        network.OutputShape.Axes.ShouldBe([10]);
        NetworkLayer join = network.Layers.First(l => l.Layer.TypeName == "add");
        join.Inputs.Select(i => network.Layers[i].Name).ShouldBe(["activation", "batch_normalization_2"]);
    }

    // Teachable Machine's image model: a Sequential of a Sequential around a Functional MobileNetV2 (alpha 0.35, 410,208 parameters) and a Sequential head.
    [Fact]
    public void Models_within_models_of_Keras_2()
    {
        Network network = Build(File("keras2_nested_mobilenet_v2"));

        NetworkLayer[] head = [.. network.Layers.Where(l => l.Layer.TypeName == "dense")];
        (network.ParameterCount - head.Sum(l => l.ParameterCount)).ShouldBe(410_208);
        network.InputShape.Axes.ShouldBe([224, 224, 3]);
        network.Layers.Select(l => l.Name).ShouldContain("block_16_project_BN");
    }

    // Keras 2: clip(0.2 x + 0.5, 0, 1); Keras 3: relu6(x + 3) / 6. Without a version the name means what it means today.
    [Theory]
    [InlineData("\"keras_version\": \"2.15.0\", ", 0.7f)]
    [InlineData("\"keras_version\": \"3.15.1\", ", 4f / 6)]
    [InlineData("", 4f / 6)]
    public void Hard_sigmoid_is_that_of_the_Keras_which_wrote_it(string version, float atOne)
    {
        Network network = Build($$"""
            {{{version}}"class_name": "Sequential", "config": {"name": "s", "layers": [
              {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 1], "name": "in"} },
              {"class_name": "Sequential", "config": {"name": "inner", "layers": [{"class_name": "Activation", "config": {"name": "a", "activation": "hard_sigmoid"} }]} }]} }
            """);
        using var state = new NeuralNet.State.NetworkState(network);
        float[] y = new float[1];
        using (var pool = new Tensors.Threading.ComputePool(1))
        using (Tensors.Threading.ComputeTeam team = pool.Lease(1))
        using (var session = new NeuralNet.Sessions.InferenceSession(state, 1, team)) session.Predict(new Tensors.FloatRows(new float[] { 1f }, 1), [0], y);
        y[0].ShouldBe(atOne, 1e-6f);
    }

    [Fact]
    public void A_sequential_model_of_Keras_3()
    {
        Network network = Build($$"""
            {"module": "keras", "class_name": "Sequential", "config": {"name": "sequential", "trainable": true, "dtype": {{Policy}}, "layers": [
              {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4], "dtype": "float32", "sparse": false, "ragged": false, "name": "input_layer"}, "registered_name": null},
              {{Dense3("dense", 3, "relu")}}, {{Dense3("dense_1", 2, "softmax")}}], "build_input_shape": [null, 4]},
             "registered_name": null, "build_config": {"input_shape": [null, 4]} }
            """);

        network.Layers.Select(l => l.Name).ShouldBe(["dense", "dense_1"]);
        network.ParameterCount.ShouldBe(15 + 8);
    }

    // Of old Keras 2: no InputLayer, the first layer says the shape of a batch.
    [Fact]
    public void A_sequential_model_whose_first_layer_says_the_shape()
        => Build("""
            {"class_name": "Sequential", "config": {"name": "sequential", "layers": [
              {"class_name": "Dense", "config": {"name": "dense", "trainable": true, "batch_input_shape": [null, 7], "dtype": "float32", "units": 3, "activation": "relu"}}]},
             "keras_version": "2.4.0", "backend": "tensorflow"}
            """).ParameterCount.ShouldBe(24);

    [Fact]
    public void A_residual_graph_of_Keras_3()
    {
        Network network = Build(Functional3($"""
            {Input3("in", 4)},
            {Dense3("a", 4, "relu", Tensor("in"))},
            {Layer3("Add", "add", "", $"[{Tensor("in")}, {Tensor("a")}]")},
            {Dense3("out", 2, "linear", Tensor("add"))}
            """, "in", "out"));

        network.Layers.Select(l => l.Name).ShouldBe(["a", "add", "out"]);
        network.Layers[1].Inputs.ShouldBe([-1, 0]);
    }

    [Fact]
    public void A_layer_called_twice_has_one_set_of_weights()
    {
        Network network = Build(Functional3($"""
            {Input3("in", 4)},
            {Dense3("a", 4, "relu", Tensor("in"))},
            {Dense3("shared", 3, "relu", Tensor("in"), Tensor("a"))},
            {Layer3("Concatenate", "join", "\"axis\": -1,", $"[{Tensor("shared")}, {Tensor("shared", 1)}]")},
            {Dense3("out", 2, "linear", Tensor("join"))}
            """, "in", "out"));

        network.Layers.Select(l => (l.Name, l.Owner, l.ParameterCount)).ShouldBe([("a", "a", 20), ("shared", "shared", 15), ("shared.2", "shared", 0), ("join", "join", 0), ("out", "out", 14)]);
        network.OutputShape.Axes.ShouldBe([2]);
    }

    [Fact]
    public void A_frozen_model_within_a_model_keeps_its_layers_frozen()
    {
        const string base3 = """
            {"module": "keras.src.models.functional", "class_name": "Functional", "config": {"name": "base", "trainable": false, "layers": [
              {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4], "dtype": "float32", "name": "in"}, "name": "in", "inbound_nodes": []},
              {"module": "keras.layers", "class_name": "Dense", "config": {"name": "inner", "trainable": false, "units": 5, "activation": "relu"}, "name": "inner",
               "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "float32", "keras_history": ["in", 0, 0]}}], "kwargs": {}}]},
              {"module": "keras.layers", "class_name": "BatchNormalization", "config": {"name": "bn", "trainable": false, "axis": -1}, "name": "bn",
               "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 5], "dtype": "float32", "keras_history": ["inner", 0, 0]}}], "kwargs": {"mask": null}}]},
              {"module": "keras.layers", "class_name": "Dropout", "config": {"name": "drop", "trainable": false, "rate": 0.5}, "name": "drop",
               "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 5], "dtype": "float32", "keras_history": ["bn", 0, 0]}}], "kwargs": {"training": false}}]}],
              "input_layers": [["in", 0, 0]], "output_layers": [["drop", 0, 0]]}, "name": "base",
             "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "float32", "keras_history": ["in", 0, 0]}}], "kwargs": {"training": false}}]}
            """;
        Network network = Build(Functional3($"{Input3("in", 4)}, {base3}, {Dense3("out", 2, "softmax", Tensor("base", 1))}", "in", "out"));

        network.Layers.Select(l => (l.Name, l.Node.Trainable)).ShouldBe([("inner", false), ("bn", false), ("drop", false), ("out", true)]);
    }

    [Fact]
    public void Names_that_two_models_both_use_get_the_model_s_name_before_them()
    {
        const string stack = """
            {"class_name": "Sequential", "config": {"name": "NAME", "layers": [{"class_name": "Dense", "config": {"name": "dense", "units": 3, "activation": "relu"}}]}}
            """;
        Network network = Build($$"""
            {"class_name": "Sequential", "config": {"name": "all", "layers": [
              {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 4], "dtype": "float32", "name": "in"} },
              {{stack.Replace("NAME", "one", StringComparison.Ordinal)}}, {{stack.Replace("NAME", "two", StringComparison.Ordinal)}},
              {"class_name": "Dense", "config": {"name": "head", "units": 2, "activation": "softmax"} }]} }
            """);

        network.Layers.Select(l => l.Name).ShouldBe(["dense", "two.dense", "head"]);
    }

    // A siamese network: the same encoder on both inputs of a difference.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_model_called_twice_shares_all_its_weights(int firstCall)
    {
        string encoder = Functional3($"{Input3("x", 4)}, {Dense3("e1", 5, "relu", Tensor("x"))}, {Dense3("e2", 3, "linear", Tensor("e1"))}", "x", "e2", "encoder");
        encoder = $$"""{{encoder.TrimEnd()[..^1]}}, "name": "encoder", "inbound_nodes": [{"args": [{{Tensor("in")}}], "kwargs": {} }, {"args": [{{Tensor("mirror")}}], "kwargs": {} }]}""";
        Network network = Build(Functional3($"""
            {Input3("in", 4)}, {Layer3("Rescaling", "mirror", "\"scale\": -1.0, \"offset\": 0.0,", Tensor("in"))}, {encoder},
            {Layer3("Subtract", "difference", "", $"[{Tensor("encoder", firstCall)}, {Tensor("encoder", firstCall + 1)}]")}
            """, "in", "difference"));

        network.ParameterCount.ShouldBe(25 + 18);
        network.Layers.Select(l => (l.Name, l.Owner)).ShouldBe([("mirror", "mirror"), ("e1", "e1"), ("e2", "e2"), ("e1.2", "e1"), ("e2.2", "e2"), ("difference", "difference")]);
    }

    [Fact]
    public void What_was_read_can_be_written_and_read_again()
    {
        ComponentValue model = Spec.Component("model", File("keras2_nested_mobilenet_v2"));
        string written = SpecWriter.Write(model).ToJsonString();
        string again = SpecWriter.Write(Spec.Component("model", written)).ToJsonString();

        (SpecWriter.Write(Spec.Component("model", again)).ToJsonString() == again).ShouldBeTrue();
        Build(again).Layers.Select(l => (l.Name, l.OutputShape)).ShouldBe(Build(written).Layers.Select(l => (l.Name, l.OutputShape)));
        model.Descriptor.Name.ShouldBe("functional");
    }

    [Theory]
    [InlineData("""{"class_name": "Lambda", "config": {"name": "x"}}""", "/class_name", "unknown_name")]
    [InlineData("""{"class_name": "Dense", "config": {"name": "x", "units": 0}}""", "/config/units", "out_of_range")]
    [InlineData("""{"class_name": "my>Own", "config": {"name": "x"}, "registered_name": "my>Own"}""", "/class_name", "unknown_name")]
    public void Layers_that_are_not_known_are_refused_at_their_place(string layer, string pointer, string code)
    {
        (ComponentValue? value, IReadOnlyList<SpecError> errors) = Spec.TryComponent("model",
            $$"""{"class_name": "Functional", "config": {"name": "m", "layers": [{{Input3("in", 4)}}, {{layer}}], "input_layers": [["in", 0, 0]], "output_layers": [["x", 0, 0]]} }""");

        value.ShouldBeNull();
        (errors[0].Pointer, errors[0].Code).ShouldBe(("/model/config/layers/1" + pointer, code));
    }

    [Theory]
    [InlineData("""[{"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["nobody", 0, 0]}}], "kwargs": {}}]""", "/model/config/layers/1/inbound_nodes/0/args/0/config/keras_history", "unknown_layer")]
    [InlineData("""[[["nobody", 0, 0, {}]]]""", "/model/config/layers/1/inbound_nodes/0/0", "unknown_layer")]
    [InlineData("""[[["in", 0, 0, {"y": 2.0}]]]""", "/model/config/layers/1/inbound_nodes/0/0/3/y", "unsupported")]
    [InlineData("""[{"args": [2.0], "kwargs": {}}]""", "/model/config/layers/1/inbound_nodes/0/args/0", "unsupported")]
    [InlineData("[[]]", "/model/config/layers/1/inbound_nodes/0", "wrong_type")]
    public void Calls_that_cannot_be_are_errors_at_their_place(string nodes, string pointer, string code)
    {
        (_, IReadOnlyList<SpecError> errors) = Spec.TryComponent("model", $$"""
            {"class_name": "Functional", "config": {"name": "m", "layers": [{{Input3("in", 4)}},
              {"class_name": "Dense", "config": {"name": "x", "units": 2}, "name": "x", "inbound_nodes": {{nodes}} }],
             "input_layers": [["in", 0, 0]], "output_layers": [["x", 0, 0]]} }
            """);

        errors.ShouldContain(e => e.Pointer == pointer && e.Code == code);
    }

    [Fact]
    public void A_batch_normalization_that_learns_but_is_called_for_inference_is_refused()
    {
        string called = $$"""[{"args": [{{Tensor("in")}}], "kwargs": {"training": false} }]""";
        (_, IReadOnlyList<SpecError> errors) = Spec.TryComponent("model", $$"""
            {"class_name": "Functional", "config": {"name": "m", "layers": [{{Input3("in", 4)}},
              {"class_name": "BatchNormalization", "config": {"name": "x"}, "name": "x", "inbound_nodes": {{called}} }],
             "input_layers": [["in", 0, 0]], "output_layers": [["x", 0, 0]]} }
            """);

        errors.ShouldHaveSingleItem().Pointer.ShouldBe("/model/config/layers/1/inbound_nodes/0");
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_told_where_Keras_wrote_the_layer()
    {
        ComponentValue model = Spec.Component("model", Functional3($"{Input3("in", 4)}, {Layer3("Conv2D", "c", "\"filters\": 2, \"kernel_size\": [3, 3],", Tensor("in"))}", "in", "c"));
        var errors = new SpecErrors();
        NetworkBuilder.Build((ModelDefinition)model.Create(), null, errors).ShouldBeNull();

        errors.All.ShouldHaveSingleItem().Pointer.ShouldBe("/model/config/layers/1/config");
    }

    internal static string Input3(string name, int size) => $$"""
        {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, {{size}}], "dtype": "float32", "sparse": false, "ragged": false, "name": "{{name}}"},
         "registered_name": null, "name": "{{name}}", "inbound_nodes": []}
        """;

    internal static string Tensor(string layer, int call = 0)
        => $$"""{"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "float32", "keras_history": ["{{layer}}", {{call}}, 0]} }""";

    private static string Dense3(string name, int units, string activation, params string[] calls)
        => Layer3("Dense", name, $"\"units\": {units}, \"activation\": \"{activation}\", {DenseRest},", calls);

    /// <param name="arguments">Members of the config, each followed by a comma.</param>
    private static string Layer3(string type, string name, string arguments, params string[] calls) => $$"""
        {"module": "keras.layers", "class_name": "{{type}}", "config": { {{arguments}} "name": "{{name}}", "trainable": true, "dtype": {{Policy}} }, "registered_name": null,
         "build_config": {"input_shape": [null, 4]}, "name": "{{name}}"
         {{InboundNodes(calls)}} }
        """;

    private static string InboundNodes(string[] calls) => calls.Length == 0 ? ""
        : ", \"inbound_nodes\": [" + string.Join(", ", calls.Select(c => "{\"args\": [" + c + "], \"kwargs\": {} }")) + "]";

    private static string Functional3(string layers, string input, string output, string name = "functional") => $$"""
        {"module": "keras.src.models.functional", "class_name": "Functional", "config": {"name": "{{name}}", "trainable": true, "layers": [{{layers}}],
         "input_layers": [["{{input}}", 0, 0]], "output_layers": [["{{output}}", 0, 0]]}, "registered_name": "Functional", "build_config": {"input_shape": null} }
        """;

    private static string File(string name) => System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Models", "Nesting", name + ".json"));

    private static Network Build(string json)
    {
        var errors = new SpecErrors();
        ComponentValue model = ModelDefaults.Fill(Spec.Component("model", json), JobVocabulary.All);
        Network? network = NetworkBuilder.Build((ModelDefinition)model.Create(), null, errors);
        errors.All.ShouldBeEmpty();
        return network!;
    }
}
