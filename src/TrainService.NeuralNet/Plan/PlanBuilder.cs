using TrainService.NeuralNet.Activations;
using TrainService.NeuralNet.Explaining;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Plan.Inference;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.Plan.Steps.Images;
using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan;

/// <summary>Gathers the steps of a plan in program order: the layers' forward steps, the loss, and back again.</summary>
internal sealed class PlanBuilder(NetworkState state, int batch, bool training, bool dropout, Loss? loss, ParameterUpdates? updates)
{
    private readonly List<PlanStep> _steps = [];
    private readonly List<PlanBuffer> _buffers = [];
    private readonly List<Action> _tape = [];
    private readonly HashSet<PlanBuffer> _needsGradient = [];
    private readonly Dictionary<PlanBuffer, PlanBuffer> _gradients = [];
    private readonly Dictionary<Parameter, PlanBuffer> _parameters = [];
    private readonly Dictionary<PlanBuffer, Value> _materialized = [];
    private readonly Dictionary<PlanBuffer, PlanStep> _lastWriters = [];
    private readonly Dictionary<PlanBuffer, HashSet<PlanBuffer>> _sharers = [];
    private readonly HashSet<PlanBuffer> _shared = [];
    private readonly Dictionary<PlanBuffer, List<int>> _givers = [];
    private readonly int[] _readers = new int[state.Network.Layers.Count];

    public NetworkState State { get; } = state;

    public int Batch { get; } = batch;

    public bool Training { get; } = training;

    /// <summary>Without a loss a plan only goes forward, though layers do as they do in training.</summary>
    public bool HasBackward { get; } = training && loss is not null;

    public bool Dropout { get; } = dropout;

    public ParameterUpdates? Updates { get; } = updates;

    /// <summary>A layer has asked whether dropout is on since this was last set.</summary>
    public bool AskedForDropout { get; set; }

    /// <summary>Gives the values of the layers that needn't be built; null to build all.</summary>
    public FixedFeatures? Features { get; init; }

    /// <summary>Which thread's plan of the fixed part a plan for one thread uses.</summary>
    public int? Rank { get; init; }

    /// <summary>Set in a plan that tells a score and its gradient, and learns nothing.</summary>
    public ExplainedPlace? Explained { get; init; }

    /// <summary>Set when somebody looks at what each layer puts out: called with each layer's index and value.</summary>
    public Action<int, Value>? Watched { get; init; }

    /// <summary>The loss that takes the last activation's input, when there is one.</summary>
    public Loss? FusedLoss { get; private set; }

    /// <summary>The activation that the fused loss has taken over.</summary>
    public Activation? FusedActivation { get; private set; }

    public IReadOnlyList<PlanStep> Steps => _steps;

    public IReadOnlyList<PlanBuffer> Buffers => _buffers;

    /// <summary>Adds every step; returns the buffer with the network's output (its logits when the loss is fused).</summary>
    public Value Build()
    {
        Network network = State.Network;
        Value[] values = BuildLayers(_ => true);
        Value output = new LayerBuild(this, network.Output, []).Compact(Materialize(values[network.Output.Index]));
        if (HasBackward) Backpropagate(output);
        else output.Buffer.Kept = true;
        return output;
    }

    /// <summary>Adds the forward steps of a plan that only predicts, with layers folded into the steps before them.</summary>
    /// <param name="outputs">Indices of the layers that are wanted; null for the network's output, without gaps.</param>
    public (IReadOnlyList<Value> Outputs, IReadOnlyList<ChannelEnding> Endings) BuildFolded(IReadOnlyCollection<int>? outputs)
    {
        Network network = State.Network;
        Folding = new Folding();
        HashSet<int> needed = [.. outputs ?? [network.Output.Index]];
        foreach (NetworkLayer layer in network.Layers.Reverse())
            if (needed.Contains(layer.Index)) needed.UnionWith(layer.Inputs);
        Value[] values = BuildLayers(needed.Contains);
        Value[] wanted = outputs is null
            ? [new LayerBuild(this, network.Output, []).Compact(values[network.Output.Index])]
            : [.. outputs.Order().Select(i => values[i])];
        foreach (Value value in wanted) value.Buffer.Kept = true;
        return (wanted, Folding.Endings);
    }

    /// <summary>Set when layers may fold themselves into the steps before them.</summary>
    public Folding? Folding { get; private set; }

    private Value[] BuildLayers(Func<int, bool> wanted)
    {
        Network network = State.Network;
        Value[] outputs = new Value[network.Layers.Count];
        if (Features is not null) AddFixed(Features, outputs);
        NetworkLayer[] layers = [.. network.Layers.Where(l => wanted(l.Index) && Features?.Part.Layers.Contains(l.Index) != true)];
        Value? input = layers.Any(l => l.Inputs.Any(i => i < 0)) ? AddInput() : null;
        foreach (int i in network.Layers.SelectMany(l => l.Inputs).Where(i => i >= 0)) _readers[i]++;
        if (Watched is not null)
            foreach (NetworkLayer layer in layers) _readers[layer.Index]++;
        // Whoever explains a layer reads it too: nothing may be folded into it.
        if (Explained?.Layer is { } explained) _readers[explained]++;
        else if (input is not null) Explained?.Mark(this, input);
        foreach (NetworkLayer layer in layers)
        {
            Value[] inputs = [.. layer.Inputs.Select(i => i < 0 ? input! : outputs[i])];
            Value output = layer.Layer.Build(new LayerBuild(this, layer, inputs));
            outputs[layer.Index] = output;
            if (!_givers.TryGetValue(output.Buffer, out List<int>? givers)) _givers[output.Buffer] = givers = [];
            givers.Add(layer.Index);
            if (Watched is not null)
            {
                Value written = Materialize(output);
                written.Buffer.Kept = true;
                Watched(layer.Index, written);
            }

            if (Explained?.Layer == layer.Index) Explained.Mark(this, output);
            if (_readers[layer.Index] != 1) Folding?.MarkShared(output);
        }

        return outputs;
    }

    public Value AddInput()
    {
        Value input = new(NewBuffer("input", Batch, State.Network.InputShape.Size), State.Network.InputShape);
        Add(new GatherStep(input.Buffer));
        return input;
    }

    private void AddFixed(FixedFeatures features, Value[] values)
    {
        List<PlanBuffer> targets = [];
        foreach ((int index, Value value) in features.Part.Cut.Zip(features.Outputs))
        {
            targets.Add(NewBuffer($"{State.Network.Layers[index].Name}/fixed", Batch, value.Buffer.RowLength));
            values[index] = value with { Buffer = targets[^1] };
        }

        Add(new FixedPartStep(features, [.. targets], Rank));
    }

    public PlanBuffer NewBuffer(string name, int rows, long rowLength)
    {
        PlanBuffer buffer = new(name, rows, rowLength);
        _buffers.Add(buffer);
        return buffer;
    }

    /// <summary>A parameter as a buffer, for the dependencies between the steps that read and write it.</summary>
    public unsafe PlanBuffer BufferOf(Parameter parameter)
    {
        if (!_parameters.TryGetValue(parameter, out PlanBuffer? buffer))
            _parameters[parameter] = buffer = new PlanBuffer(parameter.Name, 1, parameter.Length) { Pointer = parameter.Values };
        return buffer;
    }

    /// <summary>Each row's penalties on layers' outputs.</summary>
    public List<PlanBuffer> ActivityPenalties { get; } = [];

    public void AddActivityPenalty(PlanBuffer penalties)
    {
        penalties.Kept = true;
        ActivityPenalties.Add(penalties);
    }

    public void Add(PlanStep step)
    {
        Folding?.Note(step, _steps.Count);
        _steps.Add(step);
        NoteWrites(step);
    }

    /// <summary>The step's writes are the last ones so far of what it writes.</summary>
    public void NoteWrites(PlanStep step)
    {
        foreach (Touch write in step.Writes) _lastWriters[write.Buffer] = step;
    }

    /// <summary>Takes a step out of the plan that changed one buffer in place; false when a later one has seen what it did.</summary>
    public bool TryWithdraw(PlanStep step)
    {
        PlanBuffer changed = step.Writes[0].Buffer;
        int at = _steps.LastIndexOf(step);
        if (at < 0 || _steps.Skip(at + 1).Any(s => s.Reads.Concat(s.Writes).Any(t => t.Buffer == changed))) return false;
        _steps.RemoveAt(at);
        if (_steps.FindLast(s => s.Writes.Any(t => t.Buffer == changed)) is { } before) _lastWriters[changed] = before;
        return true;
    }

    public PlanStep? LastWriter(PlanBuffer buffer) => _lastWriters.GetValueOrDefault(buffer);

    /// <summary>One layer alone reads what lies here, also where several layers hand on the same memory.</summary>
    public bool IsReadOnce(PlanBuffer buffer) => _givers.TryGetValue(buffer, out List<int>? layers) && layers.TrueForAll(i => _readers[i] == 1);

    /// <summary>The value written to memory: itself, unless something is pending.</summary>
    public Value Materialize(Value value)
    {
        if (value.Pending is not { } pending) return value;
        if (_materialized.TryGetValue(value.Buffer, out Value? done)) return done;
        Add(new MaterializeStep(pending, value.Buffer));
        return _materialized[value.Buffer] = value with { Pending = null };
    }

    public void OnBackward(Action action)
    {
        if (HasBackward) _tape.Add(action);
    }

    public bool NeedsGradient(PlanBuffer buffer) => _needsGradient.Contains(buffer);

    public void MarkNeedsGradient(PlanBuffer buffer)
    {
        if (HasBackward) _needsGradient.Add(buffer);
    }

    public PlanBuffer? GradientOf(PlanBuffer buffer)
    {
        if (!_gradients.TryGetValue(buffer, out PlanBuffer? gradient)) return null;
        // Whoever asks reads it now; what others do to it afterwards comes later.
        Sharers(gradient).Remove(buffer);
        return gradient;
    }

    public PlanBuffer OwnGradient(PlanBuffer buffer) => Sharers(_gradients[buffer]).Count == 0 ? _gradients[buffer] : CopyGradient(buffer);

    public bool ShareGradient(PlanBuffer output, PlanBuffer input)
    {
        if (_gradients.ContainsKey(input) || input.Stride != output.Stride) return false;
        _gradients[input] = _gradients[output];
        Sharers(_gradients[input]).Add(input);
        _shared.Add(_gradients[input]);
        return true;
    }

    /// <summary>The gradient has stood for more than one value.</summary>
    public bool WasShared(PlanBuffer gradient) => _shared.Contains(gradient);

    public bool GradientInPlace(PlanBuffer output, PlanBuffer input)
    {
        if (_gradients.ContainsKey(input) || Sharers(_gradients[output]).Count > 0) return false;
        _gradients[input] = _gradients[output];
        return true;
    }

    public (PlanBuffer Buffer, bool Accumulate) GradientFor(PlanBuffer buffer)
    {
        if (_gradients.TryGetValue(buffer, out PlanBuffer? gradient))
            return (Sharers(gradient).Any(s => s != buffer) ? CopyGradient(buffer) : gradient, true);
        gradient = NewBuffer($"d {buffer.Name}", buffer.Rows, buffer.RowLength);
        _gradients[buffer] = gradient;
        return (gradient, false);
    }

    /// <summary>Values that have this gradient too and have not read it yet.</summary>
    private HashSet<PlanBuffer> Sharers(PlanBuffer gradient)
    {
        if (!_sharers.TryGetValue(gradient, out HashSet<PlanBuffer>? sharers)) _sharers[gradient] = sharers = [];
        return sharers;
    }

    private PlanBuffer CopyGradient(PlanBuffer buffer)
    {
        PlanBuffer shared = _gradients[buffer], own = NewBuffer($"own {shared.Name}", buffer.Rows, buffer.RowLength);
        Add(new CopyStep(shared, own));
        Sharers(shared).Remove(buffer);
        return _gradients[buffer] = own;
    }

    public bool FusesWithLoss(NetworkLayer layer, Activation activation)
    {
        if (activation.IsIdentity || !Training || loss is null || layer != State.Network.Output) return false;
        FusedLoss = loss.FuseWith(activation);
        if (FusedLoss is not null) FusedActivation = activation;
        return FusedLoss is not null;
    }

    private void Backpropagate(Value output)
    {
        Loss used = FusedLoss ?? loss!;
        int outputLength = checked((int)State.Network.OutputShape.Size);
        PlanBuffer target = NewBuffer("target", Batch, used.TargetLength(outputLength));
        Add(new GatherTargetStep(target));
        output.Buffer.Kept = true;
        target.Kept = true;
        Output = output.Buffer;
        Target = target;
        PlanBuffer? gradient = NeedsGradient(output.Buffer) ? GradientFor(output.Buffer).Buffer : null;
        Add(used is BatchLoss whole
            ? new BatchLossStep(whole, output.Buffer, target, gradient, outputLength)
            : new LossStep(used, output.Buffer, target, gradient, outputLength));
        if (gradient is null) return;
        for (int i = _tape.Count - 1; i >= 0; i--) _tape[i]();
        Updates?.AddFinalSteps(this);
    }

    /// <summary>The network's output in a training plan, and the targets: for the metrics.</summary>
    public PlanBuffer? Output { get; private set; }

    public PlanBuffer? Target { get; private set; }
}
