using System.Text.Json.Nodes;
using TrainService.Formats;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;
using TrainService.Training.Inference;

namespace TrainService.Training.Export;

/// <summary>Some inputs, and what the network makes of them.</summary>
internal sealed class GoldenArrays
{
    private const int Samples = 4;

    /// <summary>Share of the largest output by which another program's may differ: float32 sums in another order.</summary>
    private const double Tolerance = 1e-5;

    /// <summary>
    /// The same where numbers between layers are rounded to 8 bits: a sum in another order may fall to the other side of a tie, and goes on as a whole step. In deep
    /// networks such steps add up as the rounding itself does: what that costs is allowed too.
    /// </summary>
    private const double SteppedTolerance = 0.02;

    private readonly ExportedPorts _ports;
    private readonly float[] _rows, _outputs;
    private readonly int _inputLength, _outputLength;
    private readonly bool _stepped;
    private double _rounding;

    private GoldenArrays(ExportedModel model, float[] rows, float[] outputs)
    {
        (_ports, _rows, _outputs, _stepped) = (model.Ports, rows, outputs, model.Calibration is not null);
        (_inputLength, _outputLength) = ((int)model.Network.InputShape.Size, (int)model.Network.OutputShape.Size);
    }

    public IReadOnlyList<NamedArray> Inputs => Arrays(_ports.Inputs, _rows, _inputLength);

    public IReadOnlyList<NamedArray> Outputs => Arrays(_ports.Outputs, _outputs, _outputLength);

    /// <summary>The largest number that comes out.</summary>
    public double Largest => _outputs.Length == 0 ? 0 : _outputs.Max(Math.Abs);

    /// <summary>How far another program's outputs may be off.</summary>
    public double Allowed => Math.Max(Math.Max(Largest, 1e-3) * (_stepped ? SteppedTolerance : Tolerance), _rounding);

    public static GoldenArrays Of(ExportedModel model, LoadedNetwork loaded, ComputePool pool)
    {
        float[] rows = model.Calibration is { } calibration ? Measured(calibration.Rows) : Made(model, loaded);
        return new GoldenArrays(model, rows, Predict(model, rows, pool));
    }

    /// <summary>The same, of a network whose numbers between layers are rounded.</summary>
    /// <param name="exact">The network without rounding.</param>
    public static GoldenArrays Of(ExportedModel model, ExportedModel exact, LoadedNetwork loaded, ComputePool pool)
    {
        GoldenArrays golden = Of(model, loaded, pool);
        if (golden._stepped) golden._rounding = golden.DifferenceTo(exact, pool);
        return golden;
    }

    /// <summary>The largest difference that another form of the network makes.</summary>
    public double DifferenceTo(ExportedModel other, ComputePool pool) => _outputs.Zip(Predict(other, _rows, pool)).Max(p => Math.Abs((double)p.First - p.Second));

    /// <summary>For programs that read JSON alone.</summary>
    public JsonObject ToJson() => new()
    {
        ["inputs"] = Numbers(_ports.Inputs, Inputs), ["outputs"] = Numbers(_ports.Outputs, Outputs), ["tolerance"] = Allowed,
    };

    private static JsonArray Numbers(IReadOnlyList<ExportedPort> ports, IReadOnlyList<NamedArray> arrays) => [.. ports.Zip(arrays).Select(p => (JsonNode?)new JsonObject
    {
        ["name"] = p.First.Name, ["shape"] = new JsonArray([.. p.Second.Shape.Select(n => (JsonNode?)n)]), ["data"] = new JsonArray([.. p.Second.ToSingles().Select(n => (JsonNode?)n)]),
    })];

    private static NamedArray[] Arrays(IReadOnlyList<ExportedPort> ports, float[] rows, int length)
        => [.. ports.Select(p => new NamedArray(p.Array, [rows.Length / length, .. p.Shape.Select(n => (long)n)], p.Take(rows, length)))];

    // Ranges hold for numbers such as the network knows: its own rows.
    private static float[] Measured(RowSource source)
    {
        float[] rows = new float[Math.Min(Samples, source.Count) * source.RowLength];
        for (int i = 0; i < rows.Length / source.RowLength; i++) source.CopyRow(i, rows.AsSpan(i * source.RowLength, source.RowLength));
        return rows;
    }

    /// <summary>Numbers from -1 to 1 by the rule ((i · 7919 div 13) mod 256) / 127.5 - 1 over all of them; where a table is looked up, numbers that are in it.</summary>
    private static float[] Made(ExportedModel model, LoadedNetwork loaded)
    {
        int length = (int)model.Network.InputShape.Size;
        float[] rows = new float[Samples * length];
        for (long i = 0; i < rows.Length; i++) rows[i] = (float)((Number(i) / 127.5) - 1);
        foreach ((int entries, IReadOnlyList<int> places) in new LookedUp(loaded).Tables)
            foreach (int place in places)
                for (int i = 0; i < Samples; i++) rows[(i * length) + place] = Number((i * length) + place) % entries;
        return rows;

        static long Number(long i) => i * 7919 / 13 % 256;
    }

    private static float[] Predict(ExportedModel model, float[] rows, ComputePool pool)
    {
        int length = (int)model.Network.InputShape.Size, count = rows.Length / length;
        float[] outputs = new float[count * model.Network.OutputShape.Size];
        using NetworkState state = model.NewState();
        using ComputeTeam team = pool.LeaseBeside();
        using var session = new InferenceSession(state, count, team);
        session.Predict(new FloatRows(rows, length), [.. Enumerable.Range(0, count)], outputs);
        return outputs;
    }
}
