using TrainService.Data;
using TrainService.Formats;
using TrainService.NeuralNet.Boltzmann;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;
using TrainService.Training.Checkpoints;
using TrainService.Training.Running;

namespace TrainService.Training.Kinds.Boltzmann;

/// <summary>One layer being taught: its machine, what it takes, and the figures of its epochs.</summary>
internal sealed class MachineAtWork : IDisposable
{
    private const int Measured = 1000, Batch = 128;
    private const float LeastMean = 0.01f;
    private const string Part = "machine/", Chains = "memory/chains", Activity = "memory/activity", Begun = "memory/begun";

    private readonly BoltzmannPlan _plan;
    private readonly int _layer;
    private readonly NetworkState _model, _machine;
    private readonly BoltzmannMeasure _measure;
    private readonly RowSource _rows;
    private readonly RowSource? _validation;
    private readonly int[] _measured, _measuredValidation;

    /// <param name="model">The whole network: its layer's weights are what the machine begins with.</param>
    public MachineAtWork(BoltzmannPlan plan, int layer, NetworkState model, Split train, Split? validation, ulong seed, ComputeTeam team)
    {
        (_plan, _layer, _model) = (plan, layer, model);
        _rows = Below(train.Inputs, team);
        _validation = validation is { Count: > 0 } split ? Below(split.Inputs, team) : null;
        _machine = new NetworkState(plan.Machine(layer));
        Copy(model, _machine);
        BoltzmannOptions options = plan.Options(layer, train.Count);
        Session = new BoltzmannSession(_machine, options, team);
        _measure = new BoltzmannMeasure(_machine, options.Visible, Batch, seed, (uint)layer, team);
        _measured = [.. Enumerable.Range(0, Math.Min(Measured, train.Count))];
        _measuredValidation = [.. Enumerable.Range(0, Math.Min(Measured, _validation?.Count ?? 0))];
        List<TensorSnapshot> parts =
        [
            TensorSnapshot.OfWeights(_machine, Part), TensorSnapshot.OfSlots(Session.Slots, ResumePoint.Slots),
            TensorSnapshot.OfNumbers(Activity, plan.Layers[layer].Hidden, values => Session.Memory.Activity.CopyTo(values, 0)),
        ];
        if (plan.Persistent)
        {
            parts.Add(TensorSnapshot.OfNumbers(Chains, options.BatchSize * plan.Layers[layer].Hidden, values => Session.Memory.Chains.CopyTo(values, 0)));
            parts.Add(TensorSnapshot.OfNumbers(Begun, 1, values => values[0] = Session.Memory.Chains.Length > 0 ? 1 : 0));
        }
        Snapshot = TensorSnapshot.Of(parts);
    }

    public BoltzmannSession Session { get; }

    /// <summary>What it takes.</summary>
    public RowSource Rows => _rows;

    /// <summary>All that its training goes on from.</summary>
    public TensorSnapshot Snapshot { get; }

    /// <summary>The visible bias begins at what the data says of each unit alone (Hinton 2010, section 8).</summary>
    public void FitVisibleBias()
    {
        int length = _rows.RowLength;
        double[] sums = new double[length];
        float[] row = new float[length];
        for (int r = 0; r < _rows.Count; r++)
        {
            _rows.CopyRow(r, row);
            for (int i = 0; i < length; i++) sums[i] += row[i];
        }
        bool binary = _plan.KindOf(_layer) == VisibleUnits.Binary;
        for (int i = 0; i < length; i++)
        {
            double mean = sums[i] / _rows.Count, p = Math.Clamp(mean, LeastMean, 1 - LeastMean);
            row[i] = (float)(binary ? Math.Log(p / (1 - p)) : mean);
        }
        _machine.Find($"{Name}/{BoltzmannLayer.VisibleBias}")!.Write(row);
    }

    public void Restore(IReadOnlyDictionary<string, NamedArray> tensors)
    {
        ResumePoint.Restore(_machine, tensors, Part);
        ResumePoint.Restore(Session.Slots, tensors);
        bool begun = _plan.Persistent && tensors[Begun].ToSingles()[0] != 0;
        Session.Memory = (begun ? tensors[Chains].ToSingles() : [], tensors[Activity].ToSingles());
    }

    /// <summary>Puts what the layer has learned into the network.</summary>
    public void Hand() => Copy(_machine, _model);

    /// <param name="epoch">From 1, through all layers: keys the draws of the pseudo-likelihood.</param>
    public List<KeyValuePair<string, double>> Figures(int epoch)
    {
        MachineFigures train = _measure.Of(_rows, _measured, epoch);
        List<KeyValuePair<string, double>> figures = [];
        if (!double.IsNaN(train.PseudoLikelihood)) figures.Add(new("pseudo_likelihood", train.PseudoLikelihood));
        figures.Add(new("free_energy", train.FreeEnergy));
        if (_validation is not null) figures.Add(new("val_free_energy", _measure.Of(_validation, _measuredValidation, epoch).FreeEnergy));
        figures.Add(new("hidden_activity", train.Activity));
        return figures;
    }

    public double WeightNorm() => Session.WeightNorm();

    public void Dispose()
    {
        Session.Dispose();
        _measure.Dispose();
        _machine.Dispose();
    }

    private string Name => _plan.Layers[_layer].Layer.Name;

    private void Copy(NetworkState from, NetworkState to)
    {
        foreach (string role in (ReadOnlySpan<string>)[BoltzmannLayer.Kernel, BoltzmannLayer.Bias])
        {
            Parameter source = from.Find($"{Name}/{role}")!;
            float[] values = new float[source.Shape.Size];
            source.Read(values);
            to.Find(source.Name)!.Write(values);
        }
    }

    /// <summary>What the layers below make of rows, worked out once: they don't change any more.</summary>
    private RowSource Below(RowSource inputs, ComputeTeam team)
    {
        TaughtLayer layer = _plan.Layers[_layer];
        if (layer.TakesRows) return inputs;
        using NetworkState part = new(_plan.Network.Upto(layer.Layer.Inputs[0]));
        foreach (Parameter p in part.Parameters)
        {
            float[] values = new float[p.Shape.Size];
            _model.Find(p.Name)!.Read(values);
            p.Write(values);
        }
        using InferenceSession session = new(part, Batch, team);
        float[] below = new float[checked(inputs.Count * layer.Visible)];
        session.Predict(inputs, [.. Enumerable.Range(0, inputs.Count)], below);
        return new FloatRows(below, layer.Visible);
    }
}
