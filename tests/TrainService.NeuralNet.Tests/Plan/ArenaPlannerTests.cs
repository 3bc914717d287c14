using TrainService.NeuralNet.Plan;

namespace TrainService.NeuralNet.Tests.Plan;

public sealed class ArenaPlannerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Buffers_that_live_together_never_overlap(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 200; round++)
        {
            PlanBuffer[] buffers = [.. Enumerable.Range(0, random.Next(1, 30)).Select(i => Buffer(i, random))];
            (IReadOnlyDictionary<PlanBuffer, long> offsets, long length) = ArenaPlanner.Place(buffers);
            foreach (PlanBuffer a in buffers)
            {
                (offsets[a] + a.Length).ShouldBeLessThanOrEqualTo(length);
                foreach (PlanBuffer b in buffers.Where(b => b != a && Together(a, b)))
                    (offsets[a] + a.Length <= offsets[b] || offsets[b] + b.Length <= offsets[a]).ShouldBeTrue($"{a.Name} and {b.Name} overlap");
            }
        }
    }

    [Fact]
    public void A_chain_of_short_lived_buffers_takes_the_room_of_two()
    {
        PlanBuffer[] chain = [.. Enumerable.Range(0, 10).Select(i => new PlanBuffer($"{i}", 4, 16) { FirstPhase = i, LastPhase = i + 1 })];
        ArenaPlanner.Place(chain).Length.ShouldBe(2 * 4 * 16);
    }

    [Fact]
    public void The_gap_in_a_life_has_room_for_others()
    {
        PlanBuffer twice = new("twice", 4, 16) { FirstPhase = 0, LastPhase = 9, Gap = (1, 8) }, between = new("between", 4, 16) { FirstPhase = 2, LastPhase = 7 };
        ArenaPlanner.Place([twice, between]).Length.ShouldBe(4 * 16);
    }

    private static bool Together(PlanBuffer a, PlanBuffer b) => Enumerable.Range(0, 40).Any(p => a.IsAlive(p) && b.IsAlive(p));

    private static PlanBuffer Buffer(int index, Random random)
    {
        int first = random.Next(12);
        int last = first + random.Next(6);
        (int, int)? gap = random.Next(3) == 0 && last > first ? (first, last) : null;
        return new PlanBuffer($"{index}", random.Next(1, 9), random.Next(1, 100)) { FirstPhase = first, LastPhase = last, Kept = random.Next(8) == 0, Gap = gap };
    }
}
