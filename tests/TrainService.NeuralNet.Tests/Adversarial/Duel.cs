using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TrainService.NeuralNet.Adversarial;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Adversarial;

/// <summary>Two small networks in training against each other, with everything that a test looks at.</summary>
internal sealed class Duel : IDisposable
{
    public const string Drawing = """
        [{"type": "dense", "units": 48, "use_bias": false}, "batch_normalization", "relu", {"type": "reshape", "target_shape": [4, 4, 3]},
         {"type": "conv2d_transpose", "filters": 1, "kernel_size": 4, "strides": 2, "padding": "same", "activation": "tanh"}]
        """;

    public const string Looking = """
        [{"type": "reshape", "target_shape": [8, 8, 1]}, {"type": "conv2d", "filters": 5, "kernel_size": 4, "strides": 2, "padding": "same"}, "batch_normalization",
         {"type": "leaky_relu", "negative_slope": 0.2}, "flatten", {"type": "dense", "units": 12}, "batch_normalization", {"type": "leaky_relu", "negative_slope": 0.2},
         {"type": "dense", "units": 1, "activation": "sigmoid"}]
        """;

    public const int Latents = 6, Pixels = 64;

    private readonly ComputePool _pool;

    public Duel(string drawing = Drawing, string looking = Looking, int threads = 1, int batch = 16, int discriminatorSteps = 1, double smoothing = 0.1,
        string optimizer = """{"type": "adam", "learning_rate": 0.002, "beta_1": 0.5, "gradient_accumulation_steps": 2}""", string generatorOptimizer = """{"type": "adam", "learning_rate": 0.002, "beta_1": 0.5}""")
    {
        Generator = New(drawing, new Shape(Latents));
        Discriminator = New(looking, new Shape(8, 8));
        _pool = new ComputePool(threads);
        Team = _pool.Lease(threads);
        Batch = batch;
        Options = new AdversarialOptions
        {
            Loss = Parts.Of<Loss>("loss", "binary_crossentropy"), GeneratorOptimizer = Parts.Of<Optimizer>("optimizer", generatorOptimizer),
            DiscriminatorOptimizer = Parts.Of<Optimizer>("optimizer", optimizer), BatchSize = batch, DiscriminatorSteps = discriminatorSteps, LabelSmoothing = smoothing,
            LatentSize = Latents, Seed = 3,
        };
        Session = new AdversarialSession(Generator, Discriminator, Options, Team);
    }

    public static TestRows Pictures { get; } = TestRows.Normal(60, Pixels, 5);

    public AdversarialOptions Options { get; }

    public NetworkState Generator { get; }

    public NetworkState Discriminator { get; }

    public ComputeTeam Team { get; }

    public AdversarialSession Session { get; }

    public int Batch { get; }

    public void Steps(int count, int? rows = null)
    {
        int[] picked = new int[rows ?? Batch];
        for (int i = 0; i < count; i++) Step(picked);
    }

    public void Step(int[] picked)
    {
        for (int r = 0; r < picked.Length; r++) picked[r] = (int)((((Session.Steps * Batch) + r) * 7) % Pictures.Count);
        Session.Step(Pictures, picked, (float)Options.DiscriminatorOptimizer.LearningRate, (float)Options.GeneratorOptimizer.LearningRate);
    }

    public static float[] Values(NetworkState state) => [.. state.Parameters.SelectMany(p =>
    {
        float[] values = new float[p.Shape.Size];
        p.Read(values);
        return values;
    })];

    /// <summary>Every number of both networks and both optimizers, and the running totals, as bits.</summary>
    public string Bits()
    {
        IEnumerable<float> slots = Session.Generator.Slots.Tensors.Concat(Session.Discriminator.Slots.Tensors).SelectMany(t =>
        {
            float[] values = new float[t.Parameter.Shape.Size];
            t.Read(values);
            return values;
        });
        float[] all = [.. Values(Generator), .. Values(Discriminator), .. slots];
        double[] totals = [.. Session.Real.Save(), .. Session.Fake.Save(), .. Session.Generator.Totals.Save()];
        return Convert.ToHexString(SHA256.HashData([.. MemoryMarshal.AsBytes<float>(all), .. MemoryMarshal.AsBytes<double>(totals)]));
    }

    /// <summary>Takes over where another one stands, through what is saved of it.</summary>
    public void GoOnFrom(Duel other)
    {
        Generator.CopyFrom(other.Generator);
        Discriminator.CopyFrom(other.Discriminator);
        Copy(other.Session.Generator.Slots, Session.Generator.Slots);
        Copy(other.Session.Discriminator.Slots, Session.Discriminator.Slots);
        Session.Steps = other.Session.Steps;
        Session.Generator.Iterations = other.Session.Generator.Iterations;
        Session.Discriminator.Iterations = other.Session.Discriminator.Iterations;
        Session.Real.Restore(other.Session.Real.Save());
        Session.Fake.Restore(other.Session.Fake.Save());
        Session.Generator.Totals.Restore(other.Session.Generator.Totals.Save());

        static void Copy(OptimizerState from, OptimizerState to)
        {
            foreach ((SlotTensor a, SlotTensor b) in from.Tensors.Zip(to.Tensors))
            {
                float[] values = new float[a.Parameter.Shape.Size];
                a.Read(values);
                b.Write(values);
            }
        }
    }

    public void Dispose()
    {
        Session.Dispose();
        Team.Dispose();
        _pool.Dispose();
        Generator.Dispose();
        Discriminator.Dispose();
    }

    private static NetworkState New(string layers, Shape input)
    {
        NetworkState state = new(Network.Build(Parts.Layers(layers), input));
        state.Initialize(11);
        return state;
    }
}
