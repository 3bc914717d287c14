using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Graph;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Compilation;
using TrainService.Training.Models;
using TrainService.Training.Running;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Compilation;

public class RateAdviceTests
{
    // 3 epochs of 8 batches of 16 out of 120 rows: 24 updates, unless they are gathered.
    [Theory]
    [InlineData("{}", "")]
    [InlineData("""{"optimizer": {"type": "adam", "learning_rate": 0.1}}""", "/optimizer/learning_rate high_rate")]
    [InlineData("""{"optimizer": {"type": "adam", "learning_rate": 0.1}, "schedule": {"type": "one_cycle", "max_learning_rate": 0.005}}""", "")]
    [InlineData("""{"schedule": {"type": "one_cycle", "max_learning_rate": 0.5}}""", "/schedule high_rate")]
    [InlineData("""{"optimizer": {"type": "sgd", "learning_rate": 0.5}}""", "")]
    [InlineData("""{"optimizer": {"type": "sgd", "learning_rate": 0.5, "momentum": 0.9}}""", "/optimizer/learning_rate high_rate")]
    [InlineData("""{"optimizer": {"type": "sgd", "learning_rate": 0}}""", "/optimizer/learning_rate rate_of_zero")]
    [InlineData("""{"optimizer": "sgd", "schedule": "one_cycle"}""", "/schedule one_cycle_without_maximum")]
    [InlineData("""{"optimizer": {"type": "sgd", "learning_rate": "auto"}}""", "")]
    [InlineData("""{"optimizer": {"type": "adam", "use_ema": true}}""", "/optimizer average_too_slow")]
    [InlineData("""{"optimizer": {"type": "adam", "use_ema": true, "ema_momentum": 0.9}}""", "")]
    [InlineData("""{"optimizer": {"type": "adam", "gradient_accumulation_steps": 25}}""", "/optimizer/gradient_accumulation_steps never_updates")]
    [InlineData("""{"batch_size": 500}""", "/batch_size batch_larger_than_data")]
    [InlineData("""{"pruning": {"schedule": "constant", "begin_step": 24}}""", "/pruning/begin_step never_prunes")]
    [InlineData("""{"pruning": {"schedule": "polynomial", "end_step": 30}}""", "/pruning/end_step pruning_unfinished")]
    [InlineData("""{"pruning": {"schedule": "polynomial", "end_step": 20}}""", "")]
    [InlineData("""{"callbacks": [{"type": "early_stopping", "patience": 5}, {"type": "reduce_lr_on_plateau", "patience": 5}]}""", "/callbacks plateau_never_reached")]
    [InlineData("""{"schedule": "performance", "callbacks": [{"type": "early_stopping", "patience": 20}]}""", "")]
    [InlineData("""{"epochs": null, "phases": [{"epochs": 2}, {"epochs": 3, "optimizer": {"type": "rmsprop", "learning_rate": 0.5}}]}""", "/phases/1/optimizer/learning_rate high_rate")]
    public void It_names_the_place(string changes, string expected)
    {
        JobSpec spec = Spec.Job(changes);
        var errors = new SpecErrors();
        Network network = NetworkBuilder.Build((ModelDefinition)spec.Model.Create(), [4], errors)!;
        var warnings = new List<SpecWarning>();
        new RateAdvice(spec, TrainingPlanner.Phases(spec, network, errors), 120, warnings).Give();
        string.Join('|', warnings.Select(w => $"{w.Pointer} {w.Code}")).ShouldBe(expected);
        warnings.ShouldAllBe(w => w.Remedy.Length > 0 && w.Detail.EndsWith('.'));
    }
}
