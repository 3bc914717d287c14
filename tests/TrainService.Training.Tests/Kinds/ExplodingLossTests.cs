using TrainService.Jobs;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Kinds;

/// <summary>Whatever a job trains, a step whose loss is no finite number is rejected: the reason names its epoch and batch, and what was learned before is kept.</summary>
public sealed class ExplodingLossTests
{
    private const string Points = """
        {"kind": "gan", "model": null, "loss": null, "metrics": null, "optimizer": null, "dataset": {"name": "spirals", "limit": 640, "preprocess": ["standardize"]}, "batch_size": 16, "epochs": 50,
         "gan": {"generator": {"type": "sequential", "layers": [{"type": "dense", "units": 8, "activation": "relu"}, {"type": "dense", "units": 2, "activation": "linear"}]},
           "discriminator": {"type": "sequential", "layers": [{"type": "dense", "units": 8, "activation": "linear"}, {"type": "dense", "units": 8, "activation": "linear"}, {"type": "dense", "units": 1}]},
           "generator_optimizer": {"type": "sgd", "learning_rate": 1000000000000.0}, "discriminator_optimizer": {"type": "sgd", "learning_rate": 10.0}}}
        """;

    private const string Machine = """
        {"kind": "pretrain_rbm", "loss": null, "metrics": null, "optimizer": {"type": "sgd", "learning_rate": 10000.0}, "batch_size": 20, "epochs": 50,
         "dataset": {"name": "synthetic-fashion", "limit": 120, "preprocess": ["standardize"]}, "pretrain_rbm": {"visible": "gaussian"},
         "model": {"type": "sequential", "layers": ["flatten", {"type": "dense", "units": 24, "name": "one"}, {"type": "dense", "units": 10, "activation": "softmax"}]}}
        """;

    private const string Gathered = """
        {"optimizer": {"type": "sgd", "learning_rate": 1000000000000.0, "gradient_accumulation_steps": 2}, "metrics": [], "batch_size": 8, "model": {"type": "sequential", "layers":
          [{"type": "dense", "units": 8}, {"type": "dense", "units": 8}, {"type": "dense", "units": 8}, {"type": "dense", "units": 3, "activation": "softmax"}]}}
        """;

    private const string TwoOutputs = """
        {"optimizer": {"type": "sgd", "learning_rate": 1000000000000.0}, "metrics": [], "loss": {"one": "sparse_categorical_crossentropy", "two": "sparse_categorical_crossentropy"},
         "model": {"type": "functional", "layers": [{"type": "input", "name": "in", "shape": [2]}, {"type": "dense", "units": 8, "name": "a", "inputs": ["in"]},
           {"type": "dense", "units": 8, "name": "b", "inputs": ["a"]}, {"type": "dense", "units": 8, "name": "c", "inputs": ["b"]},
           {"type": "dense", "units": 3, "activation": "softmax", "name": "one", "inputs": ["c"]}, {"type": "dense", "units": 3, "activation": "softmax", "name": "two", "inputs": ["c"]}],
           "outputs": ["one", "two"]}}
        """;

    [Theory]
    [InlineData(Points)]
    [InlineData(Machine)]
    [InlineData(Gathered)]
    [InlineData(TwoOutputs)]
    public async Task The_batch_is_named_and_the_state_before_it_kept(string spec)
    {
        await using var service = new ServiceHarness();
        JobRecord job = await service.RunAsync(spec);

        job.Status.ShouldBe(JobStatus.Failed, job.Reason ?? job.Error?.Detail);
        job.Error!.Class.ShouldBe(ErrorClass.User);
        job.Reason!.ShouldMatch(@"in epoch \d+, batch \d+ ");
        job.Reason!.ShouldEndWith("are kept as a checkpoint.");
        (await service.LastGoodIsFiniteAsync(job)).Step.ShouldBeGreaterThan(0);
    }
}
