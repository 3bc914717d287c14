namespace TrainService.NeuralNet.State;

/// <summary>One slot of one parameter, read and written in the parameter's canonical layout.</summary>
public sealed unsafe class SlotTensor
{
    private readonly nint _values;

    internal SlotTensor(string name, Parameter parameter, nint values)
    {
        Name = name;
        Parameter = parameter;
        _values = values;
    }

    public string Name { get; }

    public Parameter Parameter { get; }

    public void Read(Span<float> canonical)
    {
        Parameter.CheckLength(canonical.Length);
        Parameter.Spec.Layout.Read(Parameter.Shape, (float*)_values, canonical);
    }

    public void Write(ReadOnlySpan<float> canonical)
    {
        Parameter.CheckLength(canonical.Length);
        Parameter.Spec.Layout.Write(Parameter.Shape, canonical, (float*)_values);
    }
}
