using System.Text;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Plan;

/// <summary>One phase as the team runs it: the blocks of all its lanes, one task each.</summary>
public sealed class PlanPhase : Phase
{
    /// <summary>Panels in a block of columns: what the widest register tile takes.</summary>
    private const int PanelsPerBlock = 2;

    /// <summary>Samples in a block of rows at most, so that a block's activations stay in the second-level cache.</summary>
    private const int MostRowsPerBlock = 32;

    /// <summary>What <see cref="PlanStep.LeastRows"/> is for steps with one row a sample: blocks are then multiples of it.</summary>
    private const int LeastRowsOfProduct = 8;

    /// <summary>Floats of the longest buffer that a block should write at most (512 KB): with its neighbours it then stays in the second-level cache.</summary>
    private const int BlockLength = 128 * 1024;

    private readonly StepContext _context;
    private readonly PlanStep[][] _steps;
    private readonly Block[] _blocks;
    private readonly int[] _lane;
    private readonly double[] _costs;

    internal PlanPhase(PhaseDraft draft, int batch, int threads, StepContext context)
    {
        _context = context;
        List<Block> blocks = [];
        List<int> lanes = [];
        List<double> costs = [];
        // The costliest first: of a large layer a thread then gets about the same panels in each phase, and finds them in its own cache.
        Lane[] ordered = [.. draft.Lanes.OrderByDescending(l => l.Steps.Sum(s => s.Cost))];
        for (int i = 0; i < ordered.Length; i++)
        {
            Lane lane = ordered[i];
            int before = blocks.Count;
            (int count, int size) = lane.Domain switch
            {
                Domains.Rows => (batch, RowsPerBlock(lane, batch, threads)),
                Domains.Columns => (lane.Panels, PanelsPerBlock),
                _ => (lane.Steps[0].Tasks, 1),
            };
            for (int start = 0; start < count; start += size)
            {
                int end = Math.Min(count, start + size);
                blocks.Add(new Block(lane.Domain, start, end, 0));
                lanes.Add(i);
                costs.Add(lane.Steps.Sum(s => s.Cost) * (end - start) / count);
            }

            if (before == blocks.Count) throw new InvalidOperationException("A lane without blocks: a step reported no tasks.");
        }

        _steps = [.. ordered.Select(l => l.Steps.ToArray())];
        _blocks = [.. blocks];
        _lane = [.. lanes];
        _costs = [.. costs];
    }

    public override int Tasks => _blocks.Length;

    /// <inheritdoc/>
    public override double CostOf(int task) => _costs[task];

    public override void Run(int task, int rank)
    {
        Block block = _blocks[task] with { Rank = rank };
        foreach (PlanStep step in _steps[_lane[task]]) step.Run(block, _context);
    }

    /// <summary>For people: which steps run in it, and cut how.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach (PlanStep[] lane in _steps)
            text.Append('[').AppendJoin(" > ", lane.Select(s => s.ToString())).Append(']');
        return text.ToString();
    }

    // Any cut gives the same bits, so it may depend on the threads there are.
    private static int RowsPerBlock(Lane lane, int batch, int threads)
    {
        int least = lane.Steps.Max(s => s.LeastRows), longest = lane.Steps.Max(s => s.SampleLength);
        int most = Math.Clamp(BlockLength / longest, least, MostRowsPerBlock), even = (batch + threads - 1) / threads;
        if (least == LeastRowsOfProduct) return Math.Clamp((even + 7) / 8 * 8, least, most / 8 * 8);
        // As few blocks as fit into cache, as many for each thread.
        int rounds = (even + most - 1) / most;
        return Math.Clamp((even + rounds - 1) / rounds, least, most);
    }
}
