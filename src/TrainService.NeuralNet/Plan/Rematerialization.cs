namespace TrainService.NeuralNet.Plan;

/// <summary>
/// Frees the memory of large values between the forward and the backward pass: a step that is cheap to run again, such as a sum of two images that are
/// kept anyway, runs a second time shortly before its result is read again. The bits are the same, the arena is smaller by those values.
/// </summary>
internal static class Rematerialization
{
    /// <summary>Floats below which a value is not worth a second run (8 MB): smaller ones come out of cache.</summary>
    public const long SmallestLength = 2L << 20;

    /// <summary>Part of what lives at the peak that a value must make up.</summary>
    private const int SmallestShare = 64;

    /// <summary>Adds the second runs to the phases and notes the gaps in the buffers' lives.</summary>
    public static void Apply(IReadOnlyList<PhaseDraft> phases, IReadOnlyList<PlanBuffer> buffers, long smallest = SmallestLength)
    {
        if (buffers.Count == 0 || buffers.Max(b => b.Length) < smallest) return;
        HashSet<PlanBuffer> inArena = [.. buffers];
        Dictionary<PlanBuffer, List<(int Phase, bool Writes)>> touches = Touches(phases);
        int peak = Enumerable.Range(0, phases.Count).MaxBy(p => buffers.Where(b => b.IsAlive(p)).Sum(b => b.Length));
        smallest = Math.Max(smallest, buffers.Where(b => b.IsAlive(peak)).Sum(b => b.Length) / SmallestShare);
        foreach ((int made, PlanStep step) in phases.SelectMany((draft, p) => draft.Lanes.SelectMany(l => l.Steps).Where(s => s.IsRepeatable).Select(s => (p, s))).ToList())
        {
            PlanBuffer result = step.Writes[0].Buffer;
            if (step.Writes.Count > 1 || result.Kept || result.Length < smallest || touches[result].Count(t => t.Writes) > 1) continue;
            int[] used = [.. touches[result].Select(t => t.Phase)];
            int before = used.Where(p => p <= peak).DefaultIfEmpty(-1).Max(), after = used.Where(p => p > peak).DefaultIfEmpty(-1).Min(), again = after - 1;
            // Gone at the peak, and what it is made of is there, unchanged, when it is made again.
            if (before < made || again <= peak || !step.Reads.All(r => IsThere(r.Buffer))) continue;
            result.Gap = (before, again);
            Lane lane = new(step.Domains, 0);
            lane.Steps.Add(step);
            phases[again].Lanes.Add(lane);

            // Made again in that very phase would be too late: there is no barrier between.
            bool IsThere(PlanBuffer source) => inArena.Contains(source) && source.IsAlive(again) && source.Gap?.Again != again && touches[source].All(t => !t.Writes || t.Phase <= made);
        }
    }

    private static Dictionary<PlanBuffer, List<(int Phase, bool Writes)>> Touches(IReadOnlyList<PhaseDraft> phases)
    {
        Dictionary<PlanBuffer, List<(int, bool)>> found = [];
        for (int p = 0; p < phases.Count; p++)
        {
            foreach (PlanStep step in phases[p].Lanes.SelectMany(l => l.Steps))
            {
                foreach (Touch read in step.Reads) Of(read.Buffer).Add((p, false));
                foreach (Touch write in step.Writes) Of(write.Buffer).Add((p, true));
            }
        }

        return found;

        List<(int, bool)> Of(PlanBuffer buffer) => found.TryGetValue(buffer, out List<(int, bool)>? list) ? list : found[buffer] = [];
    }
}
