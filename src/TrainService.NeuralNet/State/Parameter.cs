using TrainService.NeuralNet.Layers;
using TrainService.Tensors;
using TrainService.Tensors.Kernels;

namespace TrainService.NeuralNet.State;

/// <summary>One tensor of a network's state, in the layout of the kernels.</summary>
public sealed unsafe class Parameter
{
    internal Parameter(int index, string layer, ParameterSpec spec, bool trainable, long offset, float* values)
    {
        Index = index;
        Layer = layer;
        Spec = spec;
        Trainable = trainable;
        Offset = offset;
        Values = values;
        Length = spec.Layout.PaddedLength(spec.Shape);
    }

    public int Index { get; }

    /// <summary>Name of the layer that it belongs to.</summary>
    public string Layer { get; }

    public ParameterSpec Spec { get; }

    /// <summary>"layer/role".</summary>
    public string Name => $"{Layer}/{Spec.Name}";

    public Shape Shape => Spec.Shape;

    /// <summary>Learned in this network: of a trainable kind, in a layer that is not frozen.</summary>
    public bool Trainable { get; }

    /// <summary>
    /// Its gradient has to be whole before it is used: several layers hand in parts of it, or its penalty looks at all of its numbers together.
    /// </summary>
    internal bool Gathered { get; init; }

    /// <summary>Of another state, which alone changes it: see <see cref="NetworkState.Chain"/>.</summary>
    internal bool Lent { get; init; }

    /// <summary>Where it begins in its block, in floats.</summary>
    public long Offset { get; }

    /// <summary>Floats that it takes, padding included.</summary>
    public long Length { get; }

    internal float* Values { get; }

    /// <summary>Of the state that it belongs to.</summary>
    internal RevisionCounter? Revision { get; init; }

    /// <summary>Copies the values out, in canonical layout.</summary>
    public void Read(Span<float> canonical)
    {
        CheckLength(canonical.Length);
        Spec.Layout.Read(Shape, Values, canonical);
    }

    /// <summary>Sets the values, given in canonical layout.</summary>
    public void Write(ReadOnlySpan<float> canonical)
    {
        CheckLength(canonical.Length);
        Spec.Layout.Write(Shape, canonical, Values);
        Revision?.Add();
    }

    internal double SumOfSquares() => Elementwise.SumOfSquares(new ReadOnlySpan<float>(Values, checked((int)Length)));

    internal void CheckLength(int length)
    {
        if (length != Shape.Size) throw new ArgumentException($"'{Name}' has shape {Shape}, {Shape.Size} numbers, not {length}.");
    }
}
