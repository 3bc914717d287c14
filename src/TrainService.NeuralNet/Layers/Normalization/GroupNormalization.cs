using TrainService.NeuralNet.Plan;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Normalization;

/// <summary>y = γ · (x - mean) / √(variance + ε) + β with the moments of each group of channels over all pixels of a sample; the same in training and inference.</summary>
/// <remarks>x, y: [..., channels]; gamma, beta: [channels]. One group is layer normalization over all axes, as many as channels instance normalization.</remarks>
public sealed class GroupNormalization : Layer
{
    private readonly int _groups;
    private readonly IReadOnlyList<long> _axis;
    private readonly float _epsilon;
    private readonly ScaleAndShift _ends;

    private GroupNormalization(int groups, long axis, float epsilon, ScaleAndShift ends) => (_groups, _axis, _epsilon, _ends) = (groups, [axis], epsilon, ends);

    public static ComponentDescriptor<Layer> Descriptor { get; } = new("group_normalization",
        a => a.Integer("groups") == 0
            ? throw new ArgumentConflictException("groups", "Expected a whole number of at least 1, or -1 for one group a channel.")
            : new GroupNormalization(a.Integer("groups"), a.Long("axis"), a.Single("epsilon"), ScaleAndShift.From(a)))
    {
        KerasName = "GroupNormalization",
        Summary = "Standardizes groups of channels over all pixels of each sample, then scales and shifts each channel by two learned numbers.",
        Advice = "In place of batch normalization when batches are small: it does not look at other samples.",
        Source = "Wu, He 2018, arXiv:1803.08494",
        Arguments =
        [
            Arg.Integer("groups", "How many groups; must divide the channels. -1: one for each channel (instance normalization).", 32, min: -1, max: 1 << 16),
            Arg.Integer("axis", "The axis of the channels, the batch counted as axis 0.", -1, min: -8, max: 8),
            Arg.Number("epsilon", "Added to the variance.", 0.001, min: 0, max: 1, minExclusive: true),
            .. ScaleAndShift.Arguments,
        ],
    };

    public override string TypeName => "group_normalization";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape input = Single(inputs);
        int channels = input[AxisOf(input)], groups = GroupsOf(channels);
        return groups <= channels && channels % groups == 0
            ? input
            : throw new LayerShapeException($"has {groups} groups, which must divide its {channels} channels.");
    }

    public override IReadOnlyList<ParameterSpec> Parameters(IReadOnlyList<Shape> inputs) => _ends.Specs(new Shape(inputs[0][AxisOf(inputs[0])]));

    public override long Flops(IReadOnlyList<Shape> inputs) => 8 * inputs[0].Size;

    public override Value Build(LayerBuild build)
    {
        Shape shape = build.Input.Shape;
        return MomentNormalization.Build(build, MomentGroups.OverChannels(shape, AxisOf(shape), GroupsOf(shape[AxisOf(shape)])), _ends, _epsilon);
    }

    private int GroupsOf(int channels) => _groups == -1 ? channels : _groups;

    private int AxisOf(Shape input) => IndexMap.Axes(_axis, input.Rank) is [var axis] ? axis : throw new LayerShapeException($"has no axis {_axis[0]} in its input {input}.");
}
