using TrainService.Specification;

namespace TrainService.NeuralNet.Metrics;

/// <summary>A metric under the name that it was asked for by, as Keras reports it: "mean_absolute_error" stays that, and each of several precisions can have a name.</summary>
public sealed class NamedMetric(Metric inner, string name) : Metric
{
    public const string Key = "name";

    private const int Longest = 64;

    /// <summary>What stands beside metrics in events.</summary>
    private static readonly HashSet<string> Taken = new(StringComparer.Ordinal)
    {
        "loss", "epoch", "phase", "learning_rate", "momentum", "duration_seconds", "samples_per_second", "sparsity",
    };

    /// <summary>Every metric takes it.</summary>
    public static ArgumentSpec Argument { get; } = new(Key, ArgumentKind.Text, "Under which name it is reported; the one that it was asked for by when left out.") { Nullable = true, MaximumLength = Longest };

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override bool Weighted => inner.Weighted;

    /// <inheritdoc/>
    public override bool HigherIsBetter => inner.HigherIsBetter;

    /// <inheritdoc/>
    public override bool TakesLogits => inner.TakesLogits;

    /// <inheritdoc/>
    public override bool SpansAxis => inner.SpansAxis;

    /// <inheritdoc/>
    public override int StateLength => inner.StateLength;

    /// <summary>The metric under another name; as it is when there is none.</summary>
    /// <exception cref="ArgumentException">Something else has that name, or could not be told from it.</exception>
    public static Metric Of(Metric metric, string? name) => name is null || name == metric.Name ? metric
        : name.Length == 0 || Taken.Contains(name) || name.StartsWith("val_", StringComparison.Ordinal) || name.StartsWith("gradient_norm", StringComparison.Ordinal)
            || name.StartsWith("weight_norm", StringComparison.Ordinal) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
            ? throw new ArgumentException($"A metric can't be named '{name}': letters, digits and _ - . make a name, and what events have beside metrics (loss, learning_rate, val_ …) is taken.")
            : new NamedMetric(metric, name);

    /// <inheritdoc/>
    public override void Add(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, float weight, bool logits, Span<double> state)
        => inner.Add(prediction, target, weight, logits, state);

    /// <inheritdoc/>
    public override double Result(ReadOnlySpan<double> state) => inner.Result(state);
}
