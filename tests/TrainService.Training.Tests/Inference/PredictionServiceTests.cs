using System.Text.Json;
using NSubstitute;
using TrainService.Formats.Safetensors;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Tensors.Threading;
using TrainService.Training.Checkpoints;
using TrainService.Training.Inference;
using TrainService.Training.Running;
using TrainService.Training.Tests.Support;
using Arg = NSubstitute.Arg;

namespace TrainService.Training.Tests.Inference;

public sealed class PredictionServiceTests : IDisposable
{
    private readonly ICheckpointStore _store = Substitute.For<ICheckpointStore>();
    private readonly ComputePool _pool = new(1);
    private readonly LoadedNetworks _networks;
    private readonly PredictionService _service;

    public PredictionServiceTests()
    {
        _networks = new LoadedNetworks(_store);
        _service = new PredictionService(_networks, _pool);
        Save("ckpt_1", Spec.Job("""{"model": {"type": "sequential", "layers": [{"type": "dropout", "rate": 0.5}, {"type": "dense", "units": 3, "activation": "softmax"}]}}"""));
        Save("ckpt_logits", Spec.Job("""
            {"model": {"type": "sequential", "layers": [{"type": "dense", "units": 3}]}, "loss": {"type": "sparse_categorical_crossentropy", "from_logits": true}}
            """));
    }

    public void Dispose()
    {
        _networks.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public async Task Outputs_come_back_row_by_row_with_the_best_classes_first()
    {
        Prediction value = (await AskAsync("ckpt_1", """{"inputs": [[1, 2, 3, 4], [0, 0, 0, 1]], "top_k": 2}""")).Value!;

        value.Outputs.Count.ShouldBe(2);
        value.Outputs[0].Sum().ShouldBe(1, tolerance: 1e-5);
        value.Classes![0].Count.ShouldBe(2);
        ClassScore best = value.Classes[0][0];
        best.Probability.ShouldBe(value.Outputs[0].Max(), tolerance: 1e-6);
        best.Name.ShouldBe($"class {best.Index}");
        value.Mean.ShouldBeNull();
    }

    [Fact]
    public async Task Scores_become_probabilities()
    {
        Prediction value = (await AskAsync("ckpt_logits", """{"inputs": [[1, 2, 3, 4]]}""")).Value!;

        value.Classes![0].Sum(c => c.Probability).ShouldBe(1, tolerance: 1e-9);
        value.Classes[0].Select(c => c.Index).ShouldBe(Enumerable.Range(0, 3).OrderByDescending(i => value.Outputs[0][i]));
    }

    [Fact]
    public async Task Samples_with_dropout_on_have_a_mean_and_a_deviation_and_repeat_with_the_seed()
    {
        const string body = """{"inputs": [[1, 2, 3, 4]], "mc_samples": 200, "seed": 3}""";
        Prediction first = (await AskAsync("ckpt_1", body)).Value!, again = (await AskAsync("ckpt_1", body)).Value!;

        first.Std![0].ShouldAllBe(s => s > 0);
        first.Mean![0].Sum().ShouldBe(1, tolerance: 1e-4);
        again.Mean![0].ShouldBe(first.Mean[0]);
        again.Std![0].ShouldBe(first.Std[0]);
    }

    [Fact]
    public async Task Samples_are_returned_when_asked_for_and_make_up_mean_and_deviation()
    {
        const string body = """{"inputs": [[1, 2, 3, 4], [1, 2, 3, 4], [4, 4, 0, 1]], "mc_samples": 50, "seed": 4, "return_samples": true}""";
        Prediction answer = (await AskAsync("ckpt_1", body)).Value!;

        answer.Samples!.Select(s => s.Length).ShouldBe([50, 50, 50]);
        for (int row = 0; row < 3; row++)
        {
            double[] drawn = [.. answer.Samples![row].Select(s => (double)s[0])];
            drawn.Distinct().Count().ShouldBeGreaterThan(5);
            drawn.Average().ShouldBe(answer.Mean![row][0], tolerance: 1e-6);
            Math.Sqrt(drawn.Average(d => Math.Pow(d - drawn.Average(), 2))).ShouldBe(answer.Std![row][0], tolerance: 1e-6);
        }

        // No two passes have the same masks, though rows stand beside each other in a batch.
        answer.Samples!.Select(row => string.Join(' ', row.Select(s => s[0]))).Distinct().Count().ShouldBe(3);
        (await AskAsync("ckpt_1", body.Replace(", \"return_samples\": true", "", StringComparison.Ordinal))).Value!.Samples.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"inputs": [[1, 2, 3, 4]], "return_samples": true}""", "/return_samples", "conflict")]
    [InlineData("{}", "/inputs", "required")]
    [InlineData("""{"inputs": []}""", "/inputs", "out_of_range")]
    [InlineData("""{"inputs": 4}""", "/inputs", "out_of_range")]
    [InlineData("""{"inputs": [[1, 2, 3, 1e39]]}""", "/inputs/0", "")]
    [InlineData("""{"inputs": [[1, 2, 3, 4], [1, 2, 3]]}""", "/inputs/1", "")]
    [InlineData("""{"inputs": [[1, 2, 3, 4]], "top": 1}""", "/top", "unknown_key")]
    [InlineData("""{"inputs": [[1, 2, 3, 4]], "mc_samples": 1}""", "/mc_samples", "out_of_range")]
    public async Task A_wrong_question_is_told_its_place(string body, string pointer, string code)
    {
        SpecError error = (await AskAsync("ckpt_1", body)).Errors.ShouldHaveSingleItem();

        error.Pointer.ShouldStartWith(pointer);
        if (code.Length > 0) error.Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("[[0, 4, 4, 0]]", null)]
    [InlineData("[[0, 1, 2, 3], [0, 1, 5, 3]]", "/inputs/1/2")]
    [InlineData("[[-1, 1, 2, 3]]", "/inputs/0/0")]
    [InlineData("[[0, 1, 2, 1e30]]", "/inputs/0/3")]
    public async Task A_number_that_is_in_no_row_of_a_table_is_told_its_place(string inputs, string? pointer)
    {
        const string layers = """{"type": "embedding", "input_dim": 5, "output_dim": 2, "name": "words"}, {"type": "flatten"}, {"type": "dense", "units": 3, "activation": "softmax"}""";
        Save("ckpt_words", Spec.Job($$"""{"model": {"type": "sequential", "layers": [{{layers}}]} }"""));
        // Behind layers that hand numbers on as they are, too.
        Save("ckpt_reshaped", Spec.Job($$"""{"model": {"type": "sequential", "layers": [{"type": "reshape", "target_shape": [2, 2]}, {{layers}}]} }"""));

        foreach (string id in new[] { "ckpt_words", "ckpt_reshaped" })
        {
            IReadOnlyList<SpecError> errors = (await AskAsync(id, $$"""{"inputs": {{inputs}}}""")).Errors;
            errors.Select(e => e.Pointer).ShouldBe(pointer is null ? [] : [pointer]);
            if (pointer is not null) (errors[0].Code, errors[0].Detail.Contains("'words' looks this number up in a table of 5 rows", StringComparison.Ordinal)).ShouldBe(("out_of_range", true));
        }
    }

    [Fact]
    public async Task Nested_samples_and_several_inputs_too()
    {
        Save("ckpt_nested", Spec.Job("""
            {"model": {"type": "functional", "layers": [{"type": "input", "name": "in", "shape": [2, 2]}, {"type": "embedding", "input_dim": 5, "output_dim": 2, "name": "words", "inputs": ["in"]},
              {"type": "flatten", "name": "f", "inputs": ["words"]}, {"type": "dense", "units": 3, "name": "d", "inputs": ["f"]}], "outputs": ["d"]}}
            """), shape: [2, 2]);
        (await AskAsync("ckpt_nested", """{"inputs": [[[0, 1], [9, 3]]]}""")).Errors.ShouldHaveSingleItem().Pointer.ShouldBe("/inputs/0/1/0");
        Save("ckpt_ports", Spec.Job("""
            {"model": {"type": "functional", "layers": [{"type": "input", "name": "n", "shape": [3]}, {"type": "input", "name": "id", "shape": [1]},
              {"type": "embedding", "input_dim": 5, "output_dim": 2, "name": "words", "inputs": ["id"]}, {"type": "flatten", "name": "f", "inputs": ["words"]},
              {"type": "concatenate", "name": "both", "inputs": ["n", "f"]}, {"type": "dense", "units": 3, "name": "d", "inputs": ["both"]}], "outputs": ["d"]}}
            """));
        (await AskAsync("ckpt_ports", """{"inputs": [[100, -7, 9, 4], [100, -7, 9, 5]]}""")).Errors.ShouldHaveSingleItem().Pointer.ShouldBe("/inputs/1/3");
    }

    [Fact]
    public async Task A_checkpoint_that_is_not_there_is_told_so() => (await AskAsync("ckpt_9", """{"inputs": [[1]]}""")).NotFound.ShouldBeTrue();

    [Fact]
    public async Task Weights_that_do_not_fit_the_model_are_damage()
    {
        _store.FindAsync("ckpt_odd", default).ReturnsForAnyArgs((CheckpointRecord?)null);
        Save("ckpt_odd", Spec.Job(), weightsOf: Spec.Job("""{"model": {"type": "sequential", "layers": [{"type": "dense", "units": 9}]}}"""));

        await Should.ThrowAsync<InvalidDataException>(() => AskAsync("ckpt_odd", """{"inputs": [[1, 2, 3, 4]]}"""));
    }

    [Fact]
    public async Task A_network_asked_again_is_not_loaded_again()
    {
        await AskAsync("ckpt_1", """{"inputs": [[1, 2, 3, 4]]}""");
        await AskAsync("ckpt_1", """{"inputs": [[1, 2, 3, 4]]}""");

        await _store.Received(1).OpenAsync(Arg.Is<CheckpointRecord>(r => r.Id == "ckpt_1"), Arg.Any<CancellationToken>());
    }

    private async Task<Answer<Prediction>> AskAsync(string id, string body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        return await _service.PredictAsync(id, document.RootElement, default);
    }

    private void Save(string id, JobSpec spec, JobSpec? weightsOf = null, int[]? shape = null)
    {
        using var state = new NetworkState(TrainingPlanner.Plan(weightsOf ?? spec, shape ?? [4]).Network);
        state.Initialize(5);
        TensorSnapshot snapshot = TensorSnapshot.OfWeights(state);
        snapshot.Take();
        using var file = new MemoryStream();
        SafetensorsFile.Write(file, [.. snapshot.Arrays]);
        byte[] bytes = file.ToArray();
        CheckpointMetadata metadata = CheckpointMetadata.Of(spec, Some.Blobs());
        if (shape is not null) metadata = metadata with { InputShape = shape, Preprocessing = null };
        var record = new CheckpointRecord
        {
            Id = id, Epoch = 1, Step = 1, MetricsJson = "{}", MetadataJson = metadata.ToJson(), Reason = "final", Bytes = bytes.Length,
            Sha256 = "", CreatedAt = default,
        };
        _store.FindAsync(id, Arg.Any<CancellationToken>()).Returns(record);
        _store.OpenAsync(record, Arg.Any<CancellationToken>()).Returns(_ => new MemoryStream(bytes));
    }
}
