using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Pruning;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Sessions;

/// <summary>A small network in training, with everything that a test looks at.</summary>
internal sealed class Training : IDisposable
{
    private readonly ComputePool _pool;

    public Training(string layers, string optimizer = """{"type": "sgd", "learning_rate": 0.05, "momentum": 0.9}""", int threads = 1, int batch = 32, ulong seed = 1,
        string? pruning = null, string loss = "sparse_categorical_crossentropy")
    {
        State = new NetworkState(Network.Build(Parts.Layers(layers), new Shape(20)));
        State.Initialize(seed);
        Optimizer = Parts.Of<Optimizer>("optimizer", optimizer);
        _pool = new ComputePool(threads);
        Team = _pool.Lease(threads);
        Session = new TrainingSession(State, new TrainingOptions
        {
            Loss = Parts.Of<Loss>("loss", loss),
            Optimizer = Optimizer,
            BatchSize = batch,
            Seed = seed,
            Pruning = pruning is null ? null : Parts.Of<PruningSchedule>("pruning", pruning),
        }, Team);
        Batch = batch;
    }

    public static TestRows Inputs { get; } = TestRows.Normal(96, 20, 1);

    public static TestRows Targets { get; } = TestRows.Classes(96, 4, 2);

    public NetworkState State { get; }

    public Optimizer Optimizer { get; }

    public ComputeTeam Team { get; }

    public TrainingSession Session { get; }

    public int Batch { get; }

    public void Steps(int count)
    {
        int[] rows = new int[Batch];
        for (int i = 0; i < count; i++)
        {
            for (int r = 0; r < Batch; r++) rows[r] = (int)((((Session.Iterations * Batch) + r) * 5) % Inputs.Count);
            Session.Step(Inputs, Targets, default, rows, (float)Optimizer.LearningRate);
        }
    }

    /// <summary>Every weight, in the order of the parameters.</summary>
    public float[] Weights() => [.. State.Parameters.SelectMany(p =>
    {
        float[] values = new float[p.Shape.Size];
        p.Read(values);
        return values;
    })];

    /// <summary>Every number of the network and of the optimizer, as bits.</summary>
    public string Bits()
    {
        List<byte> bytes = [];
        foreach (Parameter p in State.Parameters)
        {
            float[] values = new float[p.Shape.Size];
            p.Read(values);
            bytes.AddRange(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray());
        }

        foreach (SlotTensor t in Session.Slots.Tensors)
        {
            float[] values = new float[t.Parameter.Shape.Size];
            t.Read(values);
            bytes.AddRange(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray());
        }

        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData([.. bytes]));
    }

    public void Dispose()
    {
        Session.Dispose();
        Team.Dispose();
        _pool.Dispose();
        State.Dispose();
    }
}
