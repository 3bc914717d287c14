using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Plan;

public sealed class RematerializationTests
{
    private const int Batch = 3;

    /// <summary>Residual blocks in a row: every other sum can be made again of the one before it and a convolution's output.</summary>
    private static readonly Network Residual = Network.Build(Nodes(), new Shape(8, 8, 3), inputName: "input");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Values_made_again_leave_every_bit_as_it_was_and_the_arena_smaller(int threads)
    {
        (float[] kept, long whole) = Train(long.MaxValue, threads);
        (float[] again, long smaller) = Train(64, threads);
        again.ShouldBe(kept);
        smaller.ShouldBeLessThan(whole * 9 / 10);
    }

    [Fact]
    public void What_is_made_again_finds_its_sources_unchanged()
    {
        PlanBuffer input = new("input", 8, 16), a = new("a", 8, 16), b = new("b", 8, 16), large = new("large", 8, 64), late = new("late", 8, 16);
        foreach (bool overwritten in new[] { false, true })
        {
            Fake[] steps =
            [
                new("1", [], [new(input, Access.All)]),
                new("2", [new(input, Access.All)], [new(a, Access.All)]) { Again = true },
                new("3", [new(a, Access.All)], [new(b, Access.All)]),
                new("4", [new(b, Access.All)], [new(large, Access.All)]),
                new("5", [new(large, Access.All)], [new(overwritten ? input : b, Access.All)]),
                new("6", [new(input, Access.All), new(b, Access.All)], [new(late, Access.All)]),
                new("7", [new(late, Access.All), new(a, Access.All), new(input, Access.All)], [new(late, Access.All)]),
            ];
            foreach (PlanBuffer buffer in new[] { input, a, b, large, late }) (buffer.FirstPhase, buffer.LastPhase, buffer.Gap) = (int.MaxValue, -1, null);
            IReadOnlyList<PhaseDraft> phases = Scheduler.Schedule(steps);
            Rematerialization.Apply(phases, [input, a, b, large, late], smallest: 1);
            string.Join(" | ", phases.Select(p => string.Join(" + ", p.Lanes.Select(l => string.Join(" ", l.Steps)))))
                .ShouldBe(overwritten ? "1 | 2 | 3 | 4 | 5 | 6 | 7" : "1 | 2 | 3 | 4 | 5 | 6 + 2 | 7");
            a.Gap.ShouldBe(overwritten ? null : (2, 5));
        }
    }

    private static LayerNode[] Nodes()
    {
        List<LayerNode> nodes = [];
        string Add(string name, string json, params string[] inputs)
        {
            nodes.Add(new LayerNode(name, Parts.Of<Layer>("layer", json), inputs));
            return name;
        }

        string x = Add("stem", """{"type": "conv2d", "filters": 16, "kernel_size": 3, "padding": "same", "use_bias": false}""", "input");
        x = Add("stem_relu", """{"type": "activation", "activation": "relu"}""", Add("stem_bn", "batch_normalization", x));
        x = Add("pool", """{"type": "max_pooling2d", "pool_size": 3, "strides": 1, "padding": "same"}""", x);
        for (int i = 0; i < 5; i++)
        {
            string y = Add($"conv{i}", """{"type": "conv2d", "filters": 16, "kernel_size": 1, "use_bias": false}""", x);
            x = Add($"relu{i}", """{"type": "activation", "activation": "relu"}""", Add($"add{i}", "add", Add($"bn{i}", "batch_normalization", y), x));
        }

        Add("out", """{"type": "dense", "units": 4, "activation": "softmax"}""", Add("mean", "global_average_pooling2d", x));
        return [.. nodes];
    }

    private static (float[] Weights, long Arena) Train(long smallest, int threads)
    {
        using ComputePool pool = new(threads, lowerPriority: false);
        using ComputeTeam team = pool.Lease(threads);
        using NetworkState state = new(Residual);
        state.Initialize(5);
        Optimizer sgd = Parts.Of<Optimizer>("optimizer", """{"type": "sgd", "momentum": 0.9}""");
        using OptimizerState slots = new(state, sgd);
        using StepContext context = new(Batch) { Inputs = TestRows.Normal(Batch, 8 * 8 * 3, 1), Targets = TestRows.Classes(Batch, 4, 2) };
        for (int r = 0; r < Batch; r++) context.Rows[r] = r;
        using ExecutionPlan plan = ExecutionPlan.ForTraining(state, Batch, Parts.Of<Loss>("loss", "sparse_categorical_crossentropy"),
            new ParameterUpdates(state, sgd, slots, null), context, team, null, smallest);
        for (int step = 0; step < 3; step++)
        {
            context.Scalars = sgd.Prepare(step, 0.1f, null);
            plan.Run(team);
        }

        return ([.. state.Parameters.SelectMany(Read)], plan.ArenaLength);
    }

    private static float[] Read(Parameter parameter)
    {
        float[] values = new float[parameter.Shape.Size];
        parameter.Read(values);
        return values;
    }

    private sealed class Fake(string name, Touch[] reads, Touch[] writes) : PlanStep
    {
        public bool Again { get; init; }

        public override bool IsRepeatable => Again;

        public override Domains Domains => Domains.Own;

        public override IReadOnlyList<Touch> Reads => reads;

        public override IReadOnlyList<Touch> Writes => writes;

        public override void Run(in Block block, StepContext context)
        {
        }

        public override string ToString() => name;
    }
}
