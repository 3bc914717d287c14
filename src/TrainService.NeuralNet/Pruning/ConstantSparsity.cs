using TrainService.Specification;

namespace TrainService.NeuralNet.Pruning;

/// <summary>s(t) = final_sparsity from the first pruning on.</summary>
public sealed class ConstantSparsity(double sparsity) : PruningSchedule
{
    public static ComponentDescriptor<PruningSchedule> Descriptor { get; } = new("constant", a => new ConstantSparsity(a.Number("final_sparsity"))
    {
        BeginStep = a.Long("begin_step"), EndStep = a.Has("end_step") ? a.Long("end_step") : null, Every = a.Long("frequency"), ReportLayers = a.Flag("report_layers"),
    })
    {
        KerasName = "ConstantSparsity",
        Summary = "Sets the smallest weights of each kernel to zero, as many from the first pruning to the last.",
        Advice = "For a network that is trained already and is to be made sparse; set begin_step late enough that training has settled.",
        Source = "Keras (TensorFlow Model Optimization) ConstantSparsity",
        Arguments =
        [
            Final,
            Begin,
            Arg.Integer("end_step", "The last update at which weights are chosen anew; null: they are to the end.", min: 0, nullable: true),
            Frequency,
            ByLayer,
        ],
    };

    /// <inheritdoc/>
    public override double SparsityAt(long step) => sparsity;
}
