namespace TrainService.NeuralNet.Plan;

/// <summary>
/// Places buffers in one arena so that those alive in the same phase do not overlap: largest first, each at the lowest offset that is free
/// for its whole life.
/// </summary>
internal static class ArenaPlanner
{
    /// <returns>Each buffer's offset, and the arena's length, in floats.</returns>
    public static (IReadOnlyDictionary<PlanBuffer, long> Offsets, long Length) Place(IEnumerable<PlanBuffer> buffers)
    {
        Dictionary<PlanBuffer, long> offsets = [];
        List<(PlanBuffer Buffer, long Offset)> placed = [];
        long length = 0;
        foreach (PlanBuffer buffer in buffers.Where(b => b.LastPhase >= 0).OrderByDescending(b => b.Length).ThenBy(b => b.FirstPhase))
        {
            long offset = 0;
            foreach ((PlanBuffer other, long at) in placed.Where(p => p.Buffer.LivesBeside(buffer)).OrderBy(p => p.Offset))
            {
                if (offset + buffer.Length <= at) break;
                offset = Math.Max(offset, at + other.Length);
            }

            offsets[buffer] = offset;
            placed.Add((buffer, offset));
            length = Math.Max(length, offset + buffer.Length);
        }

        return (offsets, length);
    }
}
