using TrainService.NeuralNet.Activations;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Plan.Inference;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.Plan.Steps.Images;
using TrainService.NeuralNet.Regularizers;
using TrainService.NeuralNet.State;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Plan;

/// <summary>What a layer sees while it adds its steps to a plan.</summary>
public sealed class LayerBuild
{
    private readonly PlanBuilder _plan;
    private readonly NetworkLayer _layer;
    private IReadOnlyList<Value>? _inputs;

    internal LayerBuild(PlanBuilder plan, NetworkLayer layer, IReadOnlyList<Value> inputs)
    {
        _plan = plan;
        _layer = layer;
        AsTheyAre = inputs;
    }

    /// <summary>The inputs, each of them written to memory.</summary>
    public IReadOnlyList<Value> Inputs => _inputs ??= [.. AsTheyAre.Select(_plan.Materialize)];

    public Value Input => Inputs[0];

    /// <summary>The inputs for layers that can carry out what is pending as they read them.</summary>
    internal IReadOnlyList<Value> AsTheyAre { get; }

    public Shape OutputShape => _layer.OutputShape;

    /// <summary>No other layer reads the input of this number, nor the memory that it lies in.</summary>
    internal bool ReadsAlone(int input) => _plan.IsReadOnce(AsTheyAre[input].Buffer);

    /// <summary>Names the layer's stream of random numbers: the same wherever the layer stands.</summary>
    public uint RandomStream => NetworkState.StreamOf(_layer.Name);

    /// <summary>Dropout is on in this plan.</summary>
    public bool DropoutActive
    {
        get
        {
            _plan.AskedForDropout = true;
            return _plan.Dropout;
        }
    }

    /// <summary>The plan trains, and the layer is not frozen.</summary>
    public bool Training => _plan.Training && _layer.Node.Trainable;

    /// <summary>Statistics are the batch's: the layer learns, or works within another network's training.</summary>
    internal bool NormalizesByBatch => Training || (_plan.Training && _layer.Node.NormalizesByBatch);

    /// <summary>The plan has a backward pass.</summary>
    public bool Backward => _plan.HasBackward;

    /// <summary>Where gradients of parameters go; null in a plan without a backward pass.</summary>
    internal ParameterUpdates? Updates => _plan.Updates;

    /// <summary>Set in a plan that only predicts: steps then have endings, and layers try to fold themselves into them.</summary>
    internal Folding? Folding => _plan.Folding;

    public Parameter Parameter(string role) => _plan.State.Find($"{_layer.Owner}/{role}")!;

    /// <summary>A parameter as a buffer that steps read and write.</summary>
    public PlanBuffer BufferOf(Parameter parameter) => _plan.BufferOf(parameter);

    public PlanBuffer NewBuffer(string role, long rowLength) => _plan.NewBuffer($"{_layer.Name}/{role}", _plan.Batch, rowLength);

    /// <summary>A new value of the layer: images get a channel stride of whole vectors.</summary>
    public Value NewValue(string role, Shape shape)
    {
        int stride = shape.Rank < 2 ? (shape.Rank == 0 ? 1 : shape[-1]) : Padding.Up(shape[-1]);
        long pixels = shape.Rank == 0 ? 1 : shape.Size / shape[-1];
        return new Value(NewBuffer(role, pixels * stride), shape, stride);
    }

    /// <summary>The same numbers without gaps between pixels: the value itself, or a copy of it whose gradient finds its way back.</summary>
    public Value Compact(Value value)
    {
        // A single pixel of an image may have room behind its channels, which is no part of it.
        if (value.IsCompact && value.Buffer.RowLength == value.Shape.Size) return value;
        Value packed = new(NewBuffer("compact", value.Shape.Size), value.Shape);
        Add(new RepackStep(value.Buffer, value.ChannelStride, packed.Buffer, value.Channels, value.Pixels, value.Channels, accumulate: false));
        if (!NeedsGradient(value)) return packed;
        MarkNeedsGradient(packed);
        OnBackward(() =>
        {
            if (GradientOf(packed) is not { } dy) return;
            (PlanBuffer dx, bool accumulate) = GradientFor(value);
            Add(new RepackStep(dy, value.Channels, dx, value.ChannelStride, value.Pixels, value.Channels, accumulate));
        });
        return packed;
    }

    /// <summary>The same image with pixels of whole vectors: the value itself, or a copy of it whose gradient finds its way back.</summary>
    public Value Spaced(Value value)
    {
        if (value.ChannelStride % Padding.Width == 0) return value;
        int stride = Padding.Up(value.Channels);
        Value spaced = new(NewBuffer("spaced", (long)value.Pixels * stride), value.Shape, stride);
        Add(new RepackStep(value.Buffer, value.ChannelStride, spaced.Buffer, stride, value.Pixels, value.Channels, accumulate: false));
        PassBack(value, spaced, (dy, dx, accumulate) => new RepackStep(dy, stride, dx, value.ChannelStride, value.Pixels, value.Channels, accumulate));
        return spaced;
    }

    /// <summary>Registers the one backward step of an output that depends on this input; nothing happens when nothing below can be learned.</summary>
    /// <param name="step">Makes the step from dy, dx and whether to add to what is in dx.</param>
    public void PassBack(Value input, Value output, Func<PlanBuffer, PlanBuffer, bool, PlanStep> step)
    {
        if (!NeedsGradient(input)) return;
        MarkNeedsGradient(output);
        OnBackward(() =>
        {
            if (GradientOf(output) is not { } dy) return;
            (PlanBuffer dx, bool accumulate) = GradientFor(input);
            Add(step(dy, dx, accumulate));
        });
    }

    /// <summary>A buffer that is not a row a sample: a transposed kernel, statistics.</summary>
    public PlanBuffer NewMatrix(string role, int rows, long rowLength) => _plan.NewBuffer($"{_layer.Name}/{role}", rows, rowLength);

    public void Add(PlanStep step) => _plan.Add(step);

    /// <summary>Called in reverse order of the layers when the gradients are worked out; not called when nothing below needs one.</summary>
    public void OnBackward(Action action) => _plan.OnBackward(action);

    /// <summary>Something that can be learned lies at or below this value.</summary>
    public bool NeedsGradient(Value value) => _plan.NeedsGradient(value.Buffer);

    /// <summary>Marks the output as depending on something that can be learned.</summary>
    public void MarkNeedsGradient(Value value) => _plan.MarkNeedsGradient(value.Buffer);

    /// <summary>The gradient of a value that this layer has put out; null when nobody used it.</summary>
    public PlanBuffer? GradientOf(Value value) => _plan.GradientOf(value.Buffer);

    /// <summary>Where to write the gradient of an input; when <c>Accumulate</c>, another user of it has written there before: add.</summary>
    public (PlanBuffer Buffer, bool Accumulate) GradientFor(Value value) => _plan.GradientFor(value.Buffer);

    /// <summary>Has the follower run by the step that writes the buffer last, or in a step of its own.</summary>
    internal void Follow(PlanBuffer buffer, PixelFollower follower)
    {
        // Where the gradient is or was another value's too, readers in between must see it as it was.
        if (_plan.LastWriter(buffer) is not ProducerStep producer || producer.Target != buffer || _plan.WasShared(buffer) || !producer.TryFollow(follower)) Add(new FollowerStep(follower));
        else _plan.NoteWrites(producer);
    }

    /// <summary>The gradient of a value that this layer has put out, to be changed in place: a copy if it is another value's gradient as well.</summary>
    internal PlanBuffer OwnGradientOf(Value value) => _plan.OwnGradient(value.Buffer);

    /// <summary>Lets dx take the place of dy in memory; false when somebody still reads dy, or dx exists.</summary>
    internal bool GradientInPlace(Value output, Value input) => _plan.GradientInPlace(output.Buffer, input.Buffer);

    /// <summary>Lets a value's gradient be that of another one without copying it, as behind a sum; false when it has one already.</summary>
    internal bool ShareGradient(Value output, Value input) => _plan.ShareGradient(output.Buffer, input.Buffer);

    /// <summary>
    /// Puts an activation behind <paramref name="value"/>: in place when its gradient can be had from its output, otherwise into a buffer of
    /// its own. Left out when the loss takes its input (softmax before cross-entropy).
    /// </summary>
    /// <param name="inPlaceAllowed">False when the value belongs to another layer.</param>
    /// <param name="penalty">On the activation's output, divided by the rows of the batch; then the loss never takes the activation's input.</param>
    public Value Activate(Value value, Activation activation, bool inPlaceAllowed = true, Regularizer? penalty = null)
    {
        if ((penalty is null || _plan.Explained is not null) && _plan.FusesWithLoss(_layer, activation)) return value;
        Value output = Activated(value, activation, inPlaceAllowed);
        if (penalty is not null) Penalize(output, penalty);
        return output;
    }

    /// <summary>
    /// Takes the limits (relu, relu6) off a value that this layer alone reads, for a layer that puts them on what it makes of it, and on the gradient
    /// that it hands back; null when nothing such was the last thing done to it.
    /// </summary>
    internal (float Low, float High)? TakeOverLimits(int input)
    {
        Value value = AsTheyAre[input];
        if (!Backward || value.Pending is not null || !ReadsAlone(input)) return null;
        if (_plan.LastWriter(value.Buffer) is not ActivationStep { IsInPlace: true, Activation.Bounds: { } limits } step || !_plan.TryWithdraw(step)) return null;
        step.IsTakenOver = true;
        return limits;
    }

    /// <summary>Has the sum that makes up the value limit it on the way; false when it is no such sum.</summary>
    internal bool LimitSum(Value value, Activation activation)
    {
        if (_plan.LastWriter(value.Buffer) is not SumStep sum || !sum.TryLimit(activation.Bounds!.Value)) return false;
        if (!NeedsGradient(value)) return true;
        OnBackward(() =>
        {
            if (GradientOf(value) is null) return;
            PlanBuffer dy = OwnGradientOf(value);
            Follow(dy, new LimitGradientFollower(activation, value, dy));
        });
        return true;
    }

    /// <summary>The value, with a penalty on it in the loss.</summary>
    internal Value Penalized(Value value, Regularizer penalty)
    {
        Penalize(value, penalty);
        return value;
    }

    /// <summary>A row of these holds a double that joins the loss of its sample: what the layer itself works out.</summary>
    internal void AddPenalties(PlanBuffer penalties) => _plan.AddActivityPenalty(penalties);

    private void Penalize(Value value, Regularizer penalty)
    {
        // No part of a score.
        if (_plan.Explained is not null) return;
        PlanBuffer penalties = NewBuffer("activity penalty", ActivityPenaltyStep.RowLength);
        _plan.AddActivityPenalty(penalties);
        Add(new ActivityPenaltyStep(value, penalty, penalties));
        if (!NeedsGradient(value)) return;
        OnBackward(() =>
        {
            (PlanBuffer dy, bool accumulate) = GradientFor(value);
            Add(new ActivityPenaltyGradientStep(value, penalty, dy, accumulate));
        });
    }

    private Value Activated(Value value, Activation activation, bool inPlaceAllowed)
    {
        if (activation.IsIdentity) return value;
        if (activation.Bounds is (float low, float high) && Folding?.TryBound(value, low, high) == true) return value;
        if (activation.BuildRandom(this, value) is { } random) return random;
        // One that spans a row must not see the gaps between pixels.
        if (activation.SpansRow) value = Compact(value);
        bool inPlace = inPlaceAllowed && (!activation.NeedsInput || !NeedsGradient(value));
        Value output = inPlace ? value : value with { Buffer = NewBuffer("activated", value.Buffer.RowLength) };
        ActivationStep step = new(activation, value.Buffer, output.Buffer, value.Shape.Rank == 0 ? 1 : value.Shape[-1]);
        Add(step);
        if (!NeedsGradient(value)) return output;
        MarkNeedsGradient(output);
        OnBackward(() =>
        {
            if (step.IsTakenOver || GradientOf(output) is not { } dy) return;
            if (inPlace) dy = OwnGradientOf(output);
            (PlanBuffer dx, bool accumulate) = inPlace ? (dy, false) : GradientFor(value);
            Add(new ActivationGradientStep(activation, value.Buffer, output.Buffer, dy, dx, value.Shape.Rank == 0 ? 1 : value.Shape[-1], accumulate));
        });
        return output;
    }
}
