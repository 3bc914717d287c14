using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Sessions;

/// <summary>One network's numbers, trained with other layers frozen, one after the other.</summary>
public sealed class FrozenViewTests : IDisposable
{
    private const string Layers = """
        [{"type": "dense", "units": 16, "activation": "elu"}, "batch_normalization", {"type": "dropout", "rate": 0.5},
         {"type": "dense", "units": 8, "activation": "elu"}, {"type": "dense", "units": 4, "activation": "softmax"}]
        """;

    private const string High = "l3", Top = "l4";

    private readonly Network _network = Network.Build(Parts.Layers(Layers), new Shape(20));
    private readonly NetworkState _state;
    private readonly ComputePool _pool = new(1);
    private readonly ComputeTeam _team;

    public FrozenViewTests()
    {
        _state = new NetworkState(_network);
        _state.Initialize(1);
        _team = _pool.Lease(1);
    }

    public void Dispose()
    {
        _team.Dispose();
        _pool.Dispose();
        _state.Dispose();
    }

    [Fact]
    public void A_frozen_base_has_no_backward_pass_and_keeps_every_number()
    {
        Network frozen = _network.WithTrainable(l => l.Name == Top);
        (frozen.TrainableParameterCount, frozen.ParameterCount).ShouldBe((36, _network.ParameterCount));
        // Forward for all, the gradient of one kernel, and none of its input.
        frozen.TrainingFlops.ShouldBe(_network.Flops + (2 * 8 * 4));
        Dictionary<string, float[]> before = Values();
        using TrainingSession session = Session(_state.View(frozen));
        session.DescribePlan().ShouldAllBe(phase => !phase.Contains("d l0", StringComparison.Ordinal) && !phase.Contains("d l3", StringComparison.Ordinal) && !phase.Contains("l1 gradient", StringComparison.Ordinal));
        Steps(session, 5);
        Dictionary<string, float[]> after = Values();
        after.Where(p => !p.Value.SequenceEqual(before[p.Key])).Select(p => p.Key).ShouldBe(["l4/kernel", "l4/bias"]);
    }

    [Fact]
    public void Slots_go_on_for_what_has_learned_before_and_begin_anew_for_the_rest()
    {
        using TrainingSession first = Session(_state.View(_network.WithTrainable(l => l.Name is Top or High)));
        Steps(first, 5);
        using TrainingSession second = Session(_state.View(_network));

        second.Slots.GoOnFrom(first.Slots, p => p.Trainable && p.Layer != High);

        foreach ((SlotTensor old, SlotTensor now) in first.Slots.Tensors.Zip(second.Slots.Tensors))
        {
            float[] was = Read(old), isNow = Read(now);
            was.Any(v => v != 0).ShouldBe(now.Parameter.Layer is Top or High, now.Name);
            isNow.ShouldBe(now.Parameter.Layer == Top ? was : new float[was.Length], now.Name);
        }
    }

    [Fact]
    public void Random_numbers_go_on_where_an_earlier_session_has_left_them()
    {
        // Two sessions of plain SGD are one: what they draw must not begin again.
        using (TrainingSession whole = Session(_state, "sgd")) Steps(whole, 6);
        Dictionary<string, float[]> expected = Values();
        _state.Initialize(1);
        using (TrainingSession first = Session(_state.View(_network), "sgd")) Steps(first, 4);
        using (TrainingSession second = Session(_state.View(_network), "sgd", earlier: 4)) Steps(second, 2, from: 4);
        Values().ShouldAllBe(p => p.Value.SequenceEqual(expected[p.Key]));
    }

    [Fact]
    public void Only_what_is_frozen_may_differ()
        => Should.Throw<ArgumentException>(() => _state.View(Network.Build(Parts.Layers(Layers), new Shape(20))));

    private TrainingSession Session(NetworkState state, string optimizer = "adam", long earlier = 0) => new(state, new TrainingOptions
    {
        Loss = Parts.Of<Loss>("loss", "sparse_categorical_crossentropy"), Optimizer = Parts.Of<Optimizer>("optimizer", optimizer), BatchSize = 32, Seed = 1, EarlierBatches = earlier,
    }, _team);

    private static void Steps(TrainingSession session, int count, int from = 0)
    {
        for (int i = from; i < from + count; i++)
            session.Step(Training.Inputs, Training.Targets, default, [.. Enumerable.Range(0, 32).Select(r => ((i * 32) + r) * 5 % Training.Inputs.Count)], 0.01f);
    }

    private Dictionary<string, float[]> Values() => _state.Parameters.ToDictionary(p => p.Name, p =>
    {
        float[] values = new float[p.Shape.Size];
        p.Read(values);
        return values;
    });

    private static float[] Read(SlotTensor slot)
    {
        float[] values = new float[slot.Parameter.Shape.Size];
        slot.Read(values);
        return values;
    }
}
