using System.Text.Json;
using TrainService.Formats;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Metrics;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Schedules;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Parity;

/// <summary>
/// Trains a case on the engine as Keras's fit did, and keeps everything that Keras's run kept, under the same names: pred_init, grad1/…,
/// step1/…, step_lr, step_loss, history/…, final/…, pred_final.
/// </summary>
internal sealed class ParityRun : IDisposable
{
    private readonly ParityCase _case;
    private readonly Network _network;
    private readonly ComputePool _pool = new(2);
    private readonly ComputeTeam _team;
    private readonly Loss _loss;
    private readonly IReadOnlyList<Metric> _metrics;
    private readonly TestRows _x, _y;
    private readonly (TestRows X, TestRows Y, int[] Rows)? _validation;
    private readonly float[] _sampleWeights;
    private readonly int[] _rows;
    private readonly Dictionary<string, double[]> _got = new(StringComparer.Ordinal);

    private ParityRun(ParityCase parity, Network network)
    {
        (_case, _network) = (parity, network);
        _team = _pool.Lease(2);
        _loss = Part<Loss>("loss", parity.Json.GetProperty("loss"));
        int outputs = (int)network.OutputShape.Size;
        _metrics = [.. parity.Json.GetProperty("metrics").EnumerateArray().Select(m => Part<MetricFactory>("metric", m)(_loss, outputs))];
        (_x, _y) = (Rows("x"), Rows("y"));
        int train = parity.Find("validation_split") is { } share ? (int)Math.Floor(_x.Count * (1 - share.GetDouble())) : _x.Count;
        _rows = [.. Enumerable.Range(0, train)];
        if (train < _x.Count) _validation = (_x, _y, [.. Enumerable.Range(train, _x.Count - train)]);
        else if (parity.Data.ContainsKey("x_val"))
            _validation = (Rows("x_val"), Rows("y_val"), [.. Enumerable.Range(0, Rows("x_val").Count)]);
        _sampleWeights = SampleWeights();
    }

    /// <summary>Everything the run kept, by the names of expected.npz.</summary>
    public static IReadOnlyDictionary<string, double[]> Of(ParityCase parity)
    {
        using var run = new ParityRun(parity, ParityNetwork.Of(parity).Network!);
        run.FirstGradients();
        run.Train();
        return run._got;
    }

    public void Dispose()
    {
        _team.Dispose();
        _pool.Dispose();
    }

    private void FirstGradients()
    {
        using NetworkState state = Start();
        using TrainingSession session = Session(state, new RecordGradient());
        session.Step(_x, _y, _sampleWeights, _rows.AsSpan(0, Math.Min(_case.BatchSize, _rows.Length)), 0f);
        foreach (SlotTensor slot in session.Slots.Tensors.Where(t => t.Parameter.Trainable))
            Keep($"grad1/{slot.Parameter.Name}", Numbers(slot.Parameter, slot.Read));
    }

    private void Train()
    {
        using NetworkState state = Start(), best = Start();
        Keep("pred_init", Predict(state));
        var optimizer = Part<Optimizer>("optimizer", _case.Json.GetProperty("optimizer"));
        Schedule? schedule = _case.Find("schedule") is { } json ? Part<Schedule>("schedule", json) : null;
        ParityCallbacks callbacks = new(_case, optimizer.LearningRate);
        using TrainingSession session = Session(state, optimizer);
        int steps = (_rows.Length + _case.BatchSize - 1) / _case.BatchSize;
        ScheduleContext context = new(optimizer.LearningRate, steps, (long)steps * _case.Epochs);
        List<double> rates = [], losses = [];
        Dictionary<string, List<double>> history = new(StringComparer.Ordinal);
        for (int epoch = 0; epoch < _case.Epochs && !callbacks.Stopped; epoch++)
        {
            session.Totals.Reset();
            float rate = 0;
            for (int step = 0; step < steps; step++)
            {
                rate = schedule?.RateAt(session.Iterations, context) ?? (float)callbacks.Rate;
                int begin = step * _case.BatchSize;
                ReadOnlySpan<int> rows = _rows.AsSpan(begin, Math.Min(_case.BatchSize, _rows.Length - begin));
                rates.Add(rate);
                losses.Add(session.Step(_x, _y, _sampleWeights, rows, rate));
                if (session.Iterations == 1) KeepWeights("step1", state);
            }
            Dictionary<string, double> figures = new(session.Totals.ToDictionary(), StringComparer.Ordinal);
            foreach ((string name, double value) in Validate(state)) figures[$"val_{name}"] = value;
            figures["learning_rate"] = rate;
            foreach ((string name, double value) in figures)
            {
                if (!history.TryGetValue(name, out List<double>? values)) history[name] = values = [];
                values.Add(value);
            }
            if (callbacks.AtEpochEnd(epoch, figures)) best.CopyFrom(state);
        }
        if (callbacks.RestoresBest) state.CopyFrom(best);
        KeepWeights("final", state);
        Keep("pred_final", Predict(state));
        Keep("step_lr", [.. rates]);
        Keep("step_loss", [.. losses]);
        foreach ((string name, List<double> values) in history) Keep($"history/{name}", [.. values]);
    }

    private IReadOnlyDictionary<string, double> Validate(NetworkState state)
    {
        if (_validation is not { } validation) return new Dictionary<string, double>();
        using InferenceSession session = new(state, _case.BatchSize, _team);
        return session.Evaluate(validation.X, validation.Y, default, validation.Rows, _loss, _metrics).ToDictionary();
    }

    private double[] Predict(NetworkState state)
    {
        using InferenceSession session = new(state, _case.BatchSize, _team);
        float[] outputs = new float[_x.Count * _network.OutputShape.Size];
        session.Predict(_x, [.. Enumerable.Range(0, _x.Count)], outputs);
        return [.. outputs.Select(v => (double)v)];
    }

    private NetworkState Start()
    {
        NetworkState state = new(_network);
        state.Parameters.Select(p => p.Name).Order().ShouldBe(_case.Init.Keys.Order());
        foreach (Parameter p in state.Parameters)
        {
            _case.Init[p.Name].Shape.Select(n => (int)n).ShouldBe(p.Shape.Axes);
            p.Write(_case.Init[p.Name].ToSingles());
        }
        return state;
    }

    private TrainingSession Session(NetworkState state, Optimizer optimizer)
    {
        RecordedMasks masks = new(_case);
        return new(state, new TrainingOptions
        {
            Loss = _loss, Optimizer = optimizer, Metrics = _metrics, BatchSize = _case.BatchSize, DropoutMasks = masks.Any ? masks : null,
        }, _team);
    }

    private TestRows Rows(string name)
    {
        NamedArray array = _case.Data[name];
        int length = (int)(array.Count / array.Shape[0]);
        return new TestRows([.. array.ToSingles().Chunk(length)]);
    }

    // Keras looks class weights up by the class of each row, which for a one-hot row is its largest element.
    private float[] SampleWeights()
    {
        if (_case.Data.TryGetValue("sample_weight", out NamedArray? given)) return given.ToSingles();
        if (_case.Find("class_weight") is not { } byClass) return [];
        float[] target = new float[_y.RowLength], weights = new float[_y.Count];
        for (int r = 0; r < weights.Length; r++)
        {
            _y.CopyRow(r, target);
            int truth = target.Length == 1 ? (int)target[0] : Array.IndexOf(target, target.Max());
            weights[r] = byClass.TryGetProperty(truth.ToString(), out JsonElement weight) ? weight.GetSingle() : 1f;
        }
        return weights;
    }

    private void KeepWeights(string kind, NetworkState state)
    {
        foreach (Parameter p in state.Parameters) Keep($"{kind}/{p.Name}", Numbers(p, p.Read));
    }

    private void Keep(string name, double[] values) => _got[name] = values;

    private static double[] Numbers(Parameter parameter, ReadInto read)
    {
        float[] values = new float[parameter.Shape.Size];
        read(values);
        return [.. values.Select(v => (double)v)];
    }

    private static T Part<T>(string category, JsonElement json)
        => Parts.Of<T>(category, json.ValueKind == JsonValueKind.String ? json.GetString()! : json.GetRawText());

    private delegate void ReadInto(Span<float> values);
}
