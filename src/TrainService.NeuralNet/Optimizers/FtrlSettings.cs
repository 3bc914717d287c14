namespace TrainService.NeuralNet.Optimizers;

/// <summary>What <see cref="Ftrl"/> alone takes.</summary>
/// <param name="Power">learning_rate_power, at most 0.</param>
public sealed record FtrlSettings(
    double Power = -0.5, double InitialAccumulator = 0.1, double L1 = 0, double L2 = 0, double Shrinkage = 0, double Beta = 0);
