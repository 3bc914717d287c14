using TrainService.NeuralNet.Plan;

namespace TrainService.NeuralNet.Tests.Plan;

public sealed class SchedulerTests
{
    [Fact]
    public void A_step_that_reads_its_own_rows_joins_the_lane_of_the_one_that_wrote_them()
    {
        PlanBuffer a = new("a", 8, 16), b = new("b", 8, 16), c = new("c", 8, 16);
        IReadOnlyList<PhaseDraft> phases = Scheduler.Schedule(
        [
            new Fake("1", Domains.Rows, [], [new(a, Access.Aligned)]),
            new Fake("2", Domains.Rows | Domains.Columns, [new(a, Access.RowsOnly)], [new(b, Access.Aligned)]),
            new Fake("3", Domains.Rows, [new(b, Access.Aligned)], [new(c, Access.Aligned)]),
        ]);
        Describe(phases).ShouldBe("1 2 3");
    }

    [Fact]
    public void A_step_that_needs_everything_waits_for_a_barrier()
    {
        PlanBuffer a = new("a", 8, 16), b = new("b", 8, 16);
        IReadOnlyList<PhaseDraft> phases = Scheduler.Schedule(
        [
            new Fake("1", Domains.Rows, [], [new(a, Access.Aligned)]),
            new Fake("2", Domains.Own, [new(a, Access.All)], [new(b, Access.All)]),
        ]);
        Describe(phases).ShouldBe("1 | 2");
    }

    [Fact]
    public void A_product_before_a_step_by_columns_is_cut_by_columns()
    {
        PlanBuffer a = new("a", 8, 16), b = new("b", 8, 32), c = new("c", 8, 32);
        IReadOnlyList<PhaseDraft> phases = Scheduler.Schedule(
        [
            new Fake("1", Domains.Rows, [], [new(a, Access.Aligned)]),
            new Fake("2", Domains.Rows | Domains.Columns, [new(a, Access.RowsOnly)], [new(b, Access.Aligned)]),
            new Fake("3", Domains.Columns, [new(b, Access.Aligned)], [new(c, Access.Aligned)]),
        ]);
        Describe(phases).ShouldBe("1 | 2 3");
        phases[1].Lanes[0].Domain.ShouldBe(Domains.Columns);
    }

    [Fact]
    public void Any_program_keeps_its_order_where_steps_touch_the_same_buffer()
    {
        Random random = new(5);
        for (int round = 0; round < 500; round++)
        {
            PlanBuffer[] buffers = [.. Enumerable.Range(0, 5).Select(i => new PlanBuffer($"{i}", 8, 32))];
            Fake[] steps = [.. Enumerable.Range(0, 12).Select(i => Random(i, buffers, random))];
            IReadOnlyList<PhaseDraft> phases = Scheduler.Schedule(steps);
            Dictionary<PlanStep, (int Phase, Lane Lane, int At)> places = [];
            for (int p = 0; p < phases.Count; p++)
                foreach (Lane lane in phases[p].Lanes)
                    for (int i = 0; i < lane.Steps.Count; i++) places[lane.Steps[i]] = (p, lane, i);
            places.Count.ShouldBe(steps.Length);
            for (int i = 0; i < steps.Length; i++)
            {
                for (int j = i + 1; j < steps.Length; j++)
                {
                    if (!Conflict(steps[i], steps[j])) continue;
                    (int Phase, Lane Lane, int At) first = places[steps[i]], second = places[steps[j]];
                    bool ordered = first.Phase < second.Phase || (first.Phase == second.Phase && first.Lane == second.Lane && first.At < second.At);
                    ordered.ShouldBeTrue($"{steps[i]} must come before {steps[j]} in {Describe(phases)}");
                    if (first.Phase == second.Phase) AlignedIn(first.Lane.Domain, steps[i], steps[j]).ShouldBeTrue();
                }
            }
        }
    }

    private static bool Conflict(PlanStep a, PlanStep b) => Buffers(a.Writes).Intersect(Buffers(b.Writes).Concat(Buffers(b.Reads))).Any()
        || Buffers(a.Reads).Intersect(Buffers(b.Writes)).Any();

    private static bool AlignedIn(Domains domain, PlanStep a, PlanStep b)
    {
        IEnumerable<PlanBuffer> shared = Buffers(a.Writes).Intersect(Buffers(b.Writes).Concat(Buffers(b.Reads))).Concat(Buffers(a.Reads).Intersect(Buffers(b.Writes)));
        return shared.All(x => a.Writes.Concat(a.Reads).Concat(b.Writes).Concat(b.Reads).Where(t => t.Buffer == x)
            .All(t => t.Access == Access.Aligned || (t.Access == Access.RowsOnly && domain == Domains.Rows)));
    }

    private static IEnumerable<PlanBuffer> Buffers(IEnumerable<Touch> touches) => touches.Select(t => t.Buffer);

    private static string Describe(IReadOnlyList<PhaseDraft> phases)
        => string.Join(" | ", phases.Select(p => string.Join(" + ", p.Lanes.Select(l => string.Join(" ", l.Steps)))));

    private static Fake Random(int index, PlanBuffer[] buffers, Random random)
    {
        Domains domain = random.Next(4) switch { 0 => Domains.Rows, 1 => Domains.Columns, 2 => Domains.Own, _ => Domains.Rows | Domains.Columns };
        PlanBuffer[] shuffled = [.. buffers.OrderBy(_ => random.Next())];
        Touch Touch(int i) => new(shuffled[i], domain == Domains.Own ? Access.All : (Access)random.Next(3));
        return new Fake($"{index}", domain, [Touch(0), Touch(1)], [Touch(2)]);
    }

    private sealed class Fake(string name, Domains domains, Touch[] reads, Touch[] writes) : PlanStep
    {
        public override Domains Domains => domains;

        public override IReadOnlyList<Touch> Reads => reads;

        public override IReadOnlyList<Touch> Writes => writes;

        public override void Run(in Block block, StepContext context)
        {
        }

        public override string ToString() => name;
    }
}
