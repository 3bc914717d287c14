using TrainService.NeuralNet.Boltzmann;
using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Randomness;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Boltzmann;

/// <summary>A machine small enough to go through all of its states, in double precision, beside the engine's.</summary>
internal sealed class SmallMachine : IDisposable
{
    public const int Visible = 5, Hidden = 3;

    private readonly ComputePool _pool;

    public SmallMachine(BoltzmannOptions? options = null, int threads = 1, double weightDecay = 0, int visible = Visible, int hidden = Hidden)
    {
        State = new NetworkState(BoltzmannSession.Machine("h", visible, hidden, Parts.Of<Initializer>("initializer", """{"type": "random_normal", "stddev": 1}"""), weightDecay));
        State.Initialize(4);
        PhiloxStream random = new(8, RandomPurpose.Synthetic, 1);
        foreach (string bias in new[] { "h/bias", "h/visible_bias" })
        {
            float[] values = new float[State.Find(bias)!.Shape.Size];
            for (int i = 0; i < values.Length; i++) values[i] = (float)random.NextNormal() * 0.5f;
            State.Find(bias)!.Write(values);
        }

        _pool = new ComputePool(threads);
        Team = _pool.Lease(threads);
        Options = options ?? Of("""{"type": "sgd", "learning_rate": 1}""", 8);
        Session = new BoltzmannSession(State, Options, Team);
    }

    public NetworkState State { get; }

    public ComputeTeam Team { get; }

    public BoltzmannOptions Options { get; }

    public BoltzmannSession Session { get; }

    public static BoltzmannOptions Of(string optimizer, int batch) => new() { Optimizer = Parts.Of<Optimizer>("optimizer", optimizer), BatchSize = batch, Seed = 6 };

    public double[] Values(string tensor)
    {
        float[] values = new float[State.Find(tensor)!.Shape.Size];
        State.Find(tensor)!.Read(values);
        return [.. values.Select(v => (double)v)];
    }

    /// <summary>ln Σ over all hidden states of exp -E(v, h): -F(v), by going through them.</summary>
    public double LogWeight(IReadOnlyList<double> v)
    {
        double[] w = Values("h/kernel"), b = Values("h/bias"), a = Values("h/visible_bias");
        double sum = 0;
        foreach (double[] h in States(Hidden))
        {
            double energy = -a.Zip(v, (x, y) => x * y).Sum() - b.Zip(h, (x, y) => x * y).Sum();
            for (int i = 0; i < v.Count; i++)
                for (int j = 0; j < h.Length; j++) energy -= v[i] * w[(i * Hidden) + j] * h[j];
            sum += Math.Exp(-energy);
        }

        return Math.Log(sum);
    }

    /// <summary>ln Z, by going through all states.</summary>
    public double LogPartition() => Math.Log(States(Visible).Sum(v => Math.Exp(LogWeight(v))));

    public static IEnumerable<double[]> States(int units) => Enumerable.Range(0, 1 << units).Select(s => Enumerable.Range(0, units).Select(i => (double)((s >> i) & 1)).ToArray());

    public static FloatRows Rows(IEnumerable<double[]> rows)
    {
        double[][] all = [.. rows];
        return new FloatRows(all.SelectMany(r => r).Select(v => (float)v).ToArray(), all[0].Length);
    }

    public void Dispose()
    {
        Session.Dispose();
        Team.Dispose();
        _pool.Dispose();
        State.Dispose();
    }
}
