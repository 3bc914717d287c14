using TrainService.Tensors;

namespace TrainService.NeuralNet.Constraints;

/// <summary>Puts a weight back into a set of allowed values after each update.</summary>
public abstract class Constraint
{
    /// <summary>True when each number is judged by itself, so that the weight's layout does not matter.</summary>
    public virtual bool IsElementwise => false;

    /// <summary>Changes <paramref name="values"/> in place; canonical layout, unless <see cref="IsElementwise"/>. Allocates nothing.</summary>
    public abstract void Apply(Span<float> values, Shape shape);
}
