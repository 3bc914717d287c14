namespace TrainService.NeuralNet.Plan;

/// <summary>
/// Puts steps, given in program order, into as few phases as their dependencies allow. A step whose input was written block by block in the same
/// way as it reads it joins that lane and needs no barrier: so a small dense network's forward and backward pass is one phase.
/// </summary>
internal sealed class Scheduler
{
    private readonly IReadOnlyList<PlanStep> _steps;
    private readonly Dictionary<PlanBuffer, Track> _tracks = [];
    private readonly Dictionary<PlanStep, bool> _columns = [];
    private readonly List<PhaseDraft> _phases = [];
    private readonly Dictionary<PlanStep, (int Phase, Lane Lane)> _places = [];

    private Scheduler(IReadOnlyList<PlanStep> steps) => _steps = steps;

    public static IReadOnlyList<PhaseDraft> Schedule(IReadOnlyList<PlanStep> steps)
    {
        Scheduler scheduler = new(steps);
        for (int i = 0; i < steps.Count; i++) scheduler.Place(i);
        for (int i = steps.Count - 1; i >= 0; i--)
            if (steps[i].IsPreparation) scheduler.Defer(i);
        scheduler._phases.RemoveAll(p => p.Lanes.Count == 0);
        for (int phase = 0; phase < scheduler._phases.Count; phase++)
            foreach (Lane lane in scheduler._phases[phase].Lanes)
                foreach (PlanStep step in lane.Steps)
                    foreach (Touch touch in step.Reads.Concat(step.Writes)) Extend(touch.Buffer, phase);
        return scheduler._phases;
    }

    /// <summary>Moves a preparation, which is alone in its lane, to the last phase before its result is read or what it reads is written.</summary>
    private void Defer(int index)
    {
        PlanStep step = _steps[index];
        (int now, Lane lane) = _places[step];
        int before = int.MaxValue;
        for (int i = index + 1; i < _steps.Count; i++)
        {
            bool needs = _steps[i].Reads.Concat(_steps[i].Writes).Any(t => step.Writes.Any(w => w.Buffer == t.Buffer))
                || _steps[i].Writes.Any(t => step.Reads.Any(r => r.Buffer == t.Buffer));
            if (needs) before = Math.Min(before, _places[_steps[i]].Phase);
        }

        if (before == int.MaxValue || before - 1 <= now || lane.Steps.Count > 1) return;
        _phases[now].Lanes.Remove(lane);
        _phases[before - 1].Lanes.Add(lane);
        _places[step] = (before - 1, lane);
    }

    private void Place(int index)
    {
        PlanStep step = _steps[index];
        List<(Touched By, Access Mine)> dependencies = Dependencies(step);
        int last = dependencies.Count == 0 ? -1 : dependencies.Max(d => d.By.Phase);
        List<(Touched By, Access Mine)> latest = [.. dependencies.Where(d => d.By.Phase == last)];
        foreach (Domains domain in Preferred(index))
        {
            if (domain == Domains.Own || latest.Count == 0 || step.StartsLane) continue;
            Lane lane = latest[0].By.Lane;
            bool joins = lane.Domain == domain && (domain == Domains.Rows || lane.Panels == step.Panels)
                && latest.All(d => d.By.Lane == lane && Aligned(d.By.Access, domain) && Aligned(d.Mine, domain));
            if (!joins) continue;
            Record(step, last, lane);
            return;
        }

        int phase = last + 1;
        while (_phases.Count <= phase) _phases.Add(new PhaseDraft());
        Domains chosen = Preferred(index)[0];
        Lane fresh = new(chosen, chosen == Domains.Columns ? step.Panels : 0);
        _phases[phase].Lanes.Add(fresh);
        Record(step, phase, fresh);
    }

    private static bool Aligned(Access access, Domains domain)
        => access == Access.Aligned || (access == Access.RowsOnly && domain == Domains.Rows);

    /// <summary>The domains that the step can be cut by, best first.</summary>
    private Domains[] Preferred(int index)
    {
        PlanStep step = _steps[index];
        if (step.Domains != (Domains.Rows | Domains.Columns)) return [step.Domains];
        return WantsColumns(index) ? [Domains.Columns] : [Domains.Rows, Domains.Columns];
    }

    /// <summary>True when a step further down the lane can only be cut by columns, as batch normalization, or gains much from it.</summary>
    private bool WantsColumns(int index)
    {
        PlanStep step = _steps[index];
        if (_columns.TryGetValue(step, out bool known)) return known;
        bool wants = step.PrefersColumns;
        PlanBuffer written = step.Writes[0].Buffer;
        for (int i = index + 1; i < _steps.Count && !wants; i++)
        {
            if (!_steps[i].Reads.Any(r => r.Buffer == written && r.Access == Access.Aligned)) continue;
            wants = _steps[i].Domains == Domains.Columns
                || (_steps[i].Domains.HasFlag(Domains.Columns) && _steps[i].Panels == step.Panels && !_steps[i].PrefersColumns && WantsColumns(i));
            break;
        }

        _columns[step] = wants;
        return wants;
    }

    private List<(Touched By, Access Mine)> Dependencies(PlanStep step)
    {
        List<(Touched, Access)> found = [];
        foreach (Touch read in step.Reads)
            foreach (Touched write in Of(read.Buffer).Writes)
                found.Add((write, read.Access));
        foreach (Touch write in step.Writes)
        {
            foreach (Touched earlier in Of(write.Buffer).Writes) found.Add((earlier, write.Access));
            foreach (Touched earlier in Of(write.Buffer).Reads) found.Add((earlier, write.Access));
        }

        return found;
    }

    private void Record(PlanStep step, int phase, Lane lane)
    {
        lane.Steps.Add(step);
        _places[step] = (phase, lane);
        foreach (Touch read in step.Reads) Of(read.Buffer).Reads.Add(new Touched(phase, lane, read.Access));
        foreach (Touch write in step.Writes)
        {
            Track track = Of(write.Buffer);
            // A later phase depends on the newest writes only; within a phase every lane that wrote counts.
            track.Writes.RemoveAll(w => w.Phase < phase);
            track.Reads.RemoveAll(r => r.Phase < phase);
            track.Writes.Add(new Touched(phase, lane, write.Access));
        }
    }

    private static void Extend(PlanBuffer buffer, int phase)
    {
        buffer.FirstPhase = Math.Min(buffer.FirstPhase, phase);
        buffer.LastPhase = Math.Max(buffer.LastPhase, phase);
    }

    private Track Of(PlanBuffer buffer)
    {
        if (!_tracks.TryGetValue(buffer, out Track? track)) _tracks[buffer] = track = new Track();
        return track;
    }

    private readonly record struct Touched(int Phase, Lane Lane, Access Access);

    private sealed class Track
    {
        public List<Touched> Writes { get; } = [];

        public List<Touched> Reads { get; } = [];
    }
}
