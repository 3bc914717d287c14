using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers;
using TrainService.NeuralNet.Regularizers;
using TrainService.Tensors.Memory;
using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.State;

/// <summary>
/// The numbers of a network: one block with all that can be learned, in the order of the layers, and one with the rest (moving statistics).
/// The optimizer's slots have the layout of the first block, so that an update is one pass over contiguous memory.
/// </summary>
public sealed unsafe class NetworkState : IDisposable
{
    private readonly Arena _trainable;
    private readonly Arena _fixed;
    private readonly bool _isView;
    private readonly RevisionCounter _revision;
    private readonly Dictionary<string, Parameter> _byName = new(StringComparer.Ordinal);

    public NetworkState(Network network)
        : this(network, null)
    {
    }

    private NetworkState(Network network, NetworkState? owner)
    {
        Network = network;
        _isView = owner is not null;
        _revision = owner?._revision ?? new RevisionCounter();
        long learned = 0, kept = 0;
        foreach (NetworkLayer layer in network.Layers)
            foreach (ParameterSpec spec in layer.Parameters)
                (spec.Trainable ? ref learned : ref kept) += spec.Layout.PaddedLength(spec.Shape);
        TrainableLength = learned;
        _trainable = owner?._trainable ?? new Arena(Math.Max(learned, Padding.Width));
        _fixed = owner?._fixed ?? new Arena(Math.Max(kept, Padding.Width));

        HashSet<string> shared = new(network.Layers.Select(l => l.Node.SharedWith).OfType<string>(), StringComparer.Ordinal);
        List<Parameter> parameters = [];
        learned = kept = 0;
        foreach (NetworkLayer layer in network.Layers)
        {
            foreach (ParameterSpec spec in layer.Parameters)
            {
                ref long offset = ref spec.Trainable ? ref learned : ref kept;
                float* values = (spec.Trainable ? _trainable : _fixed).At(offset);
                Parameter p = new(parameters.Count, layer.Name, spec, spec.Trainable && layer.Node.Trainable, offset, values)
                {
                    Revision = _revision,
                    Gathered = shared.Contains(layer.Name) || spec.Regularizer is WholeRegularizer,
                };
                parameters.Add(p);
                _byName.Add(p.Name, p);
                offset += p.Length;
            }
        }

        Parameters = parameters;
    }

    private NetworkState(Network network, NetworkState first, NetworkState second, string prefix)
    {
        (Network, _isView, _revision, TrainableLength, _trainable, _fixed) = (network, true, first._revision, first.TrainableLength, first._trainable, first._fixed);
        List<Parameter> parameters = [];
        foreach (Parameter p in first.Parameters) Add(p, p.Layer, lent: false);
        foreach (Parameter p in second.Parameters) Add(p, prefix + p.Layer, lent: true);
        Parameters = parameters;

        void Add(Parameter p, string layer, bool lent)
        {
            Parameter same = new(parameters.Count, layer, p.Spec, p.Trainable && !lent, p.Offset, p.Values) { Revision = p.Revision, Gathered = p.Gathered, Lent = lent };
            parameters.Add(same);
            _byName.Add(same.Name, same);
        }
    }

    public Network Network { get; }

    /// <summary>Every tensor, named "layer/role", in the order of the layers.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Floats in the block of what can be learned, padding included.</summary>
    public long TrainableLength { get; }

    /// <summary>Rises whenever parameters are set from outside, in this state or in a view of it; not with what training does to them.</summary>
    internal long Revision => _revision.Value;

    /// <summary>Rises with everything that may have changed parameters: writes from outside and training steps.</summary>
    internal long Changes => _revision.Value + _revision.Steps;

    /// <summary>To be called when parameters are about to be changed in place.</summary>
    internal void NoteStep() => _revision.AddStep();

    internal float* Trainable => _trainable.At(0);

    public Parameter? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Draws start values; each parameter has a random stream of its own, named after it.</summary>
    public void Initialize(ulong seed)
    {
        foreach (Parameter p in Parameters)
        {
            float[] values = new float[checked((int)p.Shape.Size)];
            p.Spec.Initializer.Fill(values, p.Shape.Axes.AsSpan(), new PhiloxStream(seed, RandomPurpose.Initialization, StreamOf(p.Name)));
            p.Write(values);
        }
    }

    /// <summary>The same numbers as a network sees them that differs in which layers are frozen. They stay this state's: it must live longer.</summary>
    public NetworkState View(Network network)
    {
        if (!Network.Layers.Select(l => (l.Name, l.Layer, l.OutputShape)).SequenceEqual(network.Layers.Select(l => (l.Name, l.Layer, l.OutputShape))))
            throw new ArgumentException("The two networks differ in more than what is frozen.", nameof(network));
        return new NetworkState(network, this);
    }

    /// <summary>
    /// One network behind the other, over the numbers of both: gradients reach the first one through the second one, which stays as it is and works as
    /// in its own training. The two must live longer.
    /// </summary>
    /// <param name="prefix">Stands before the names of the second one's layers.</param>
    /// <exception cref="NetworkException">The second one cannot take what the first one puts out.</exception>
    public static NetworkState Chain(NetworkState first, NetworkState second, string prefix) => new(Network.Chain(first.Network, second.Network, prefix), first, second, prefix);

    /// <summary>Takes over all values of another state of an equal network.</summary>
    public void CopyFrom(NetworkState other)
    {
        if (other.TrainableLength != TrainableLength || other._fixed.Length != _fixed.Length)
            throw new ArgumentException("The two states are of different networks.", nameof(other));
        Buffer.MemoryCopy(other._trainable.At(0), _trainable.At(0), TrainableLength * sizeof(float), TrainableLength * sizeof(float));
        Buffer.MemoryCopy(other._fixed.At(0), _fixed.At(0), _fixed.Length * sizeof(float), _fixed.Length * sizeof(float));
        _revision.Add();
    }

    public void Dispose()
    {
        if (_isView) return;
        _trainable.Dispose();
        _fixed.Dispose();
    }

    /// <summary>A stable number for a name (FNV-1a).</summary>
    public static uint StreamOf(string name)
    {
        uint hash = 2166136261;
        foreach (char c in name) hash = (hash ^ c) * 16777619;
        return hash;
    }
}
