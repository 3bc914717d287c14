namespace TrainService.NeuralNet.Tests.Schedules;

public class CosineDecayTests
{
    // eta0 * ((1 - alpha) * (1 + cos(pi * t/T))/2 + alpha)
    [Theory]
    [InlineData("cosine", 25, 0.08535533905932738)] // T is the whole training
    [InlineData("cosine", 100, 0)]
    [InlineData("""{"type": "cosine", "decay_steps": 40, "alpha": 0.2}""", 10, 0.08828427124746191)]
    [InlineData("""{"type": "cosine", "decay_steps": 40, "alpha": 0.2}""", 1000, 0.02)]
    [InlineData("""{"type": "cosine", "unit": "epoch"}""", 79, 0.02061073738537635)] // epoch 7 of 10
    [InlineData("""{"type": "cosine", "warmup_steps": 20}""", 25, 0.08535533905932738)] // without a target there is no warm-up, as in Keras
    public void Follows_the_formula(string json, long step, double expected) => Curves.Rates(json, step).ShouldBeNear([expected]);

    // Up from 0.1 to 0.5 in 20 steps: at 5, 0.1 + 0.4 * 5/20. Then over the 80 that are left: at 40, 0.5 * (1 + cos(pi/4))/2.
    [Fact]
    public void After_the_warm_up_it_decays_over_the_steps_that_are_left()
        => Curves.Rates("""{"type": "cosine", "warmup_target": 0.5, "warmup_steps": 20}""", 0, 5, 20, 40, 60, 100)
            .ShouldBeNear([0.1, 0.2, 0.5, 0.42677669529663687, 0.25, 0]);

    // One epoch of ten steps, from 0 to 0.5: at step 5 half of it, where counting whole epochs would stand still at 0.
    [Fact]
    public void A_warm_up_in_epochs_moves_at_every_step()
        => Curves.Rates("""{"type": "cosine", "initial_learning_rate": 0, "warmup_target": 0.5, "warmup_steps": 1, "unit": "epoch"}""", 0, 5, 10, 19)
            .ShouldBeNear([0, 0.25, 0.5, 0.5]);

    [Fact]
    public void A_warm_up_that_takes_the_whole_training_leaves_nothing_to_decay_over()
        => Curves.Rates("""{"type": "cosine", "warmup_target": 0.5, "warmup_steps": 100, "alpha": 0.1}""", 99, 100).ShouldBeNear([0.496, 0.05]);
}
