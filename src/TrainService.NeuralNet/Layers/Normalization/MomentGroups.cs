using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Normalization;

/// <summary>Which numbers of a sample are standardized together, and which gamma and beta each of them gets.</summary>
/// <param name="Members">For each group the places of its numbers.</param>
/// <param name="Parameters">For each group the index of the gamma and beta of those numbers.</param>
/// <param name="Places">For each gamma and beta the places of all its numbers.</param>
internal sealed record MomentGroups(int[][] Members, int[][] Parameters, int[][] Places)
{
    /// <summary>Over some axes of a sample: a group for each index of the others, a parameter for each index of those.</summary>
    public static MomentGroups OverAxes(Shape shape, IReadOnlyList<int> axes)
        => Of(IndexMap.Of(shape, [.. Enumerable.Range(0, shape.Rank).Except(axes)]), IndexMap.Of(shape, axes));

    /// <summary>Over all pixels of equal ranges of channels, a parameter for each channel.</summary>
    public static MomentGroups OverChannels(Shape shape, int axis, int groups)
    {
        int[] channel = IndexMap.Of(shape, [axis]);
        int each = shape[axis] / groups;
        return Of([.. channel.Select(c => c / each)], channel);
    }

    private static MomentGroups Of(int[] group, int[] parameter)
    {
        int[][] members = IndexMap.PlacesOf(group, group.Max() + 1), places = IndexMap.PlacesOf(parameter, parameter.Max() + 1);
        return new MomentGroups(members, [.. members.Select(m => m.Select(place => parameter[place]).ToArray())],
            places);
    }
}
