using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers;

/// <summary>Where the numbers of a tensor stand, seen along some of its axes.</summary>
internal static class IndexMap
{
    /// <summary>For each number of a tensor, in order, its index among the axes named, the others left out.</summary>
    public static int[] Of(Shape shape, IReadOnlyList<int> axes)
    {
        int[] map = new int[shape.Size], steps = new int[shape.Rank], index = new int[shape.Rank];
        int step = 1;
        for (int i = axes.Count - 1; i >= 0; i--)
        {
            steps[axes[i]] = step;
            step *= shape[axes[i]];
        }

        for (int i = 0; i < map.Length; i++)
        {
            for (int axis = 0; axis < steps.Length; axis++) map[i] += index[axis] * steps[axis];
            for (int axis = shape.Rank - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) index[axis] = 0;
        }

        return map;
    }

    /// <summary>The other way round: for each index all places that have it, in order.</summary>
    public static int[][] PlacesOf(int[] map, int count)
    {
        List<int>[] places = [.. Enumerable.Range(0, count).Select(_ => new List<int>(map.Length / Math.Max(count, 1)))];
        for (int i = 0; i < map.Length; i++) places[map[i]].Add(i);
        return [.. places.Select(p => p.ToArray())];
    }

    /// <summary>Axes of a sample out of an argument that counts the batch as axis 0 and from the end: [-1] and [3] are the last of three.</summary>
    /// <returns>In order, counted from 0 without the batch; null when one is not there.</returns>
    public static int[]? Axes(IReadOnlyList<long> asked, int rank)
    {
        int[] axes = [.. asked.Select(n => n < 0 ? (int)n + rank : (int)n - 1).Order()];
        return axes.Length > 0 && axes[0] >= 0 && axes[^1] < rank && axes.Distinct().Count() == axes.Length ? axes : null;
    }
}
