using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;

namespace TrainService.NeuralNet.Tests.Layers;

/// <summary>
/// The one harness for gradients: the plan's gradient of every parameter against differences of its own loss. Put a dense layer before the layer in
/// question and its input gradient is checked too.
/// </summary>
internal static class GradientCheck
{
    /// <summary>Step of the differences: with the fourth-order formula, truncation and float32 rounding are then both about 1e-4 of the gradient.</summary>
    private const float H = 0.004f;

    /// <summary>Compares up to <paramref name="samples"/> elements of each parameter; throws with the place of the worst one.</summary>
    public static void Run(IReadOnlyList<LayerNode> nodes, Shape input, Loss loss, RowSource x, RowSource y, int batch, double tolerance = 2e-3,
        int threads = 2, ulong seed = 3, int samples = 12)
    {
        Network network = Network.Build(nodes, input, "in");
        using NetworkState state = new(network);
        state.Initialize(seed);
        ComputePool pool = new(threads);
        using ComputeTeam team = pool.Lease(threads);
        using TrainingSession session = new(state, new TrainingOptions { Loss = loss, Optimizer = new RecordGradient(), BatchSize = batch, Seed = 11 }, team);
        int[] rows = [.. Enumerable.Range(0, batch)];
        double Loss()
        {
            session.Iterations = 0;
            Dictionary<Parameter, float[]> moving = Moving(state);
            double value = session.Step(x, y, default, rows, 0f);
            foreach ((Parameter p, float[] values) in moving) p.Write(values);
            return value;
        }

        _ = Loss();
        Dictionary<string, float[]> gradients = session.Slots.Tensors.ToDictionary(t => t.Parameter.Name, t => Copy(t.Parameter.Shape, t.Read));
        int tried = 0, kinks = 0;
        foreach (Parameter p in state.Parameters.Where(p => p.Trainable))
        {
            float[] start = Copy(p.Shape, p.Read), gradient = gradients[p.Name];
            double scale = Math.Max(gradient.Max(g => Math.Abs(g)), 1e-2);
            int stride = Math.Max(1, start.Length / samples);
            for (int i = 0; i < start.Length; i += stride)
            {
                double At(float offset)
                {
                    float[] moved = [.. start];
                    moved[i] += offset;
                    p.Write(moved);
                    return Loss();
                }

                double wide = (At(2 * H) - At(-2 * H)) / (4 * H), narrow = (At(H) - At(-H)) / (2 * H);
                // Two steps that disagree straddle a kink (of relu, selu …), where there is no derivative to compare with.
                tried++;
                if (Math.Abs(wide - narrow) > tolerance * scale / 4)
                {
                    kinks++;
                    continue;
                }

                double numeric = ((4 * narrow) - wide) / 3;
                Math.Abs(numeric - gradient[i]).ShouldBeLessThan(tolerance * scale,
                    $"{p.Name}[{i}]: the plan says {gradient[i]}, differences say {numeric}");
            }

            p.Write(start);
        }

        kinks.ShouldBeLessThan((tried / 4) + 1, "too many places without a derivative");
        gradients.Values.SelectMany(g => g).Any(g => g != 0).ShouldBeTrue("all gradients are zero: nothing was checked");
    }

    private static Dictionary<Parameter, float[]> Moving(NetworkState state)
        => state.Parameters.Where(p => !p.Spec.Trainable).ToDictionary(p => p, p => Copy(p.Shape, p.Read));

    private static float[] Copy(Shape shape, ReadInto read)
    {
        float[] values = new float[shape.Size];
        read(values);
        return values;
    }

    private delegate void ReadInto(Span<float> values);
}
