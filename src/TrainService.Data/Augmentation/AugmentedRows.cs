using System.Numerics.Tensors;
using TrainService.Data.Preprocessing;
using TrainService.Tensors;

namespace TrainService.Data.Augmentation;

/// <summary>
/// Training rows as an epoch sees them: each picture's variant, preprocessed, and perhaps blended with another row. What a row becomes depends on seed,
/// epoch and the row's number alone, so that a resumed run sees the same pictures, whichever thread makes them. Any number of threads at once.
/// </summary>
public sealed class AugmentedRows
{
    private readonly RowSource _pictures, _targets;
    private readonly FittedStep[] _steps;
    private readonly PictureChange _change;
    private readonly AugmentationSettings _settings;
    private readonly ulong _seed;

    /// <param name="pictures">As the dataset gives them, before preprocessing.</param>
    /// <param name="shape">[height, width] or [height, width, channels].</param>
    /// <param name="scale">What stored values were multiplied by when they were drawn.</param>
    /// <param name="bytes">Stored values lie between 0 and 255.</param>
    public AugmentedRows(RowSource pictures, RowSource targets, IReadOnlyList<FittedStep> steps, AugmentationSettings settings, IReadOnlyList<int> shape, float scale, bool bytes, ulong seed)
    {
        (_pictures, _targets, _steps, _settings, _seed) = (pictures, targets, [.. steps], settings, seed);
        _change = new PictureChange(settings, shape[0], shape[1], shape.Count == 3 ? shape[2] : 1, scale, bytes);
    }

    public int Count => _pictures.Count;

    public int RowLength => _pictures.RowLength;

    public int TargetLength => _targets.RowLength;

    /// <summary>With which other row this one is blended; null when none are.</summary>
    public Mixing? MixingOf(int epoch, int row) => _settings.MixupAlpha is { } alpha ? Mixing.Of(alpha, _seed, epoch, row, Count) : null;

    /// <summary>Memory to work in, for one thread at a time.</summary>
    public AugmentationScratch NewScratch() => new(RowLength, _settings.MixupAlpha is null ? 0 : RowLength, TargetLength);

    /// <summary>The row as it is in an epoch.</summary>
    /// <param name="epoch">From 0, numbered through all phases.</param>
    public void Draw(int epoch, int row, Span<float> inputs, Span<float> targets, AugmentationScratch scratch)
    {
        Make(epoch, row, inputs, scratch);
        _targets.CopyRow(row, targets);
        if (MixingOf(epoch, row) is not { } mixing) return;
        // The partner's own variant of this epoch.
        Make(epoch, mixing.Partner, scratch.Other, scratch);
        _targets.CopyRow(mixing.Partner, scratch.Target);
        Blend(inputs, scratch.Other, mixing.Share);
        Blend(targets, scratch.Target, mixing.Share);
    }

    private void Make(int epoch, int row, Span<float> inputs, AugmentationScratch scratch)
    {
        _pictures.CopyRow(row, scratch.Source);
        _change.Apply(_seed, epoch, row, scratch.Source, inputs);
        foreach (FittedStep step in _steps) step.Apply(inputs);
    }

    // other + (x - other) · share.
    private static void Blend(Span<float> x, ReadOnlySpan<float> other, float share)
    {
        TensorPrimitives.Subtract(x, other, x);
        TensorPrimitives.MultiplyAdd(x, share, other, x);
    }
}

/// <summary>What one thread needs to make a row.</summary>
public sealed class AugmentationScratch(int source, int other, int target)
{
    internal float[] Source { get; } = new float[source];

    internal float[] Other { get; } = new float[other];

    internal float[] Target { get; } = new float[target];
}
