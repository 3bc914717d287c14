using System.Text.Json;
using TrainService.Formats;
using TrainService.Formats.Onnx;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Specification.Reading;
using TrainService.Tensors;
using TrainService.Tensors.Threading;
using TrainService.Training.Reuse;
using TrainService.Training.Reuse.Import;
using TrainService.Training.Reuse.Import.Onnx;

namespace TrainService.Training.Tests.Reuse.Onnx;

/// <summary>An ONNX graph taken in and run on arrays as ONNX has them.</summary>
internal static class OnnxRun
{
    /// <summary>What the network gives, in ONNX's order of axes, one array for each output.</summary>
    /// <exception cref="OnnxRefusal">It can't be said here.</exception>
    public static float[][] Predict(OnnxModel model, IReadOnlyList<NamedArray> inputs)
    {
        OnnxNetwork translated = OnnxTranslation.Translate(model);
        using JsonDocument json = JsonDocument.Parse(translated.Model.ToJsonString());
        var errors = new SpecErrors();
        if (ImportedModel.Read(json.RootElement, null, null, errors) is not { } read) throw new OnnxRefusal(errors.All[0].Code, $"{errors.All[0].Pointer}: {errors.All[0].Detail}");
        Network network = read.Network;
        using var state = new NetworkState(network);
        WeightReport report = WeightLoader.Load(state, translated.Weights);
        report.Missing.ShouldBeEmpty();
        report.ShapeMismatch.ShouldBeEmpty();
        report.Unexpected.ShouldBeEmpty();
        int rows = checked((int)inputs[0].Shape[0]);
        float[][] parts = [.. inputs.Select((x, i) => Turn(x.ToSingles(), x.Shape, translated.Inputs[i]))];
        int length = (int)network.InputShape.Size;
        parts.Sum(p => p.Length).ShouldBe(rows * length);
        float[] table = new float[rows * length], given = new float[rows * network.OutputShape.Size];
        for (int r = 0, at = 0; r < rows; r++)
            foreach (float[] part in parts)
            {
                int own = part.Length / rows;
                part.AsSpan(r * own, own).CopyTo(table.AsSpan(at));
                at += own;
            }
        using var pool = new ComputePool(1);
        using ComputeTeam team = pool.LeaseBeside();
        using var session = new InferenceSession(state, rows, team);
        session.Predict(new FloatRows(table, length), [.. Enumerable.Range(0, rows)], given);
        IReadOnlyList<OutputRange> ranges = OutputRange.Of(network);
        int width = (int)network.OutputShape.Size;
        return [.. ranges.Select((range, i) =>
        {
            float[] own = [.. Enumerable.Range(0, rows).SelectMany(r => given.AsSpan((r * width) + range.Offset, range.Length).ToArray())];
            int[] order = translated.Outputs[i];
            long[] shape = [rows, .. range.Shape.Axes.Select(n => (long)n)];
            int[] back = [.. Enumerable.Range(0, order.Length).Select(a => Array.IndexOf(order, a))];
            return order.Length == shape.Length ? Turn(own, shape, back) : own;
        })];
    }

    /// <summary>The numbers of each tensor that a file gives its network.</summary>
    public static IReadOnlyList<float[]> Weights(OnnxModel model) => [.. OnnxTranslation.Translate(model).Weights.Tensors.Select(t => t.Read().ToSingles())];

    public static double Difference(float[] given, float[] expected)
    {
        if (given.Length != expected.Length) return double.PositiveInfinity;
        double largest = Math.Max(1, expected.Select(e => float.IsFinite(e) ? Math.Abs(e) : 0).DefaultIfEmpty(0).Max());
        return given.Zip(expected).Select(p => p.First.Equals(p.Second) ? 0 : double.IsNaN(p.First - p.Second) ? double.PositiveInfinity : Math.Abs((double)p.First - p.Second)).DefaultIfEmpty(0).Max() / largest;
    }

    private static float[] Turn(float[] values, IReadOnlyList<long> shape, IReadOnlyList<int> order)
        => order.Count != shape.Count || order.Select((a, i) => a == i).All(same => same) ? values : OnnxConstant.Turned(values, shape, order);
}
