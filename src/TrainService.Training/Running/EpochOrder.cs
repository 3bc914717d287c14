using TrainService.Tensors.Randomness;

namespace TrainService.Training.Running;

/// <summary>In which order an epoch goes through the rows: a function of seed and epoch alone, so that a resumed run finds its place again.</summary>
internal sealed class EpochOrder(int rows, ulong seed, bool shuffle)
{
    private readonly int[] _order = new int[rows];

    /// <param name="epoch">From 0.</param>
    /// <returns>The same array each time, written anew.</returns>
    public int[] Of(int epoch)
    {
        for (int i = 0; i < _order.Length; i++) _order[i] = i;
        if (shuffle) new PhiloxStream(seed, RandomPurpose.Shuffling, stream: 0, (ulong)epoch).Shuffle(_order);
        return _order;
    }
}
