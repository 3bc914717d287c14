using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.Data.Preprocessing;

/// <summary>Class targets become vectors: 1 at the class's place, 0 elsewhere.</summary>
public sealed class OneHot : Preprocessor
{
    public static ComponentDescriptor Descriptor { get; } = new ComponentDescriptor<Preprocessor>("one_hot", _ => new OneHot())
    {
        Aliases = ["to_categorical"],
        Summary = "Class targets become vectors with 1 at the class's place and 0 elsewhere.",
        Advice = "For categorical_crossentropy, mse and other losses that compare vectors; sparse_categorical_crossentropy takes the classes as they are.",
        Source = "Keras, to_categorical",
    };

    public override string Name => "one_hot";

    public override bool OnTargets => true;

    public override FittedStep Fit(RowSource training, IReadOnlyList<int> shape, ReadOnlySpan<bool> numeric)
        => throw new NotSupportedException("one_hot changes targets, which have nothing to fit.");
}
