using TrainService.Data;
using TrainService.Data.Requests;
using TrainService.Formats;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Specification.Reading;
using TrainService.Tensors;
using TrainService.Tensors.Threading;
using TrainService.Training.Models;
using TrainService.Training.Reuse;
using TrainService.Training.Running;

namespace TrainService.Training.Kinds.Autoencoders;

/// <summary>What a stage that has been learned makes of its rows, worked out once: the rows of the next stage.</summary>
internal static class StageRows
{
    private const int Batch = 256;

    /// <param name="learned">Weights, of this stage among others.</param>
    public static PreparedData Of(GreedyStage stage, PreparedData rows, DescribedData described, IReadOnlyList<NamedArray> learned, ComputeTeam team)
    {
        Network network = NetworkBuilder.Build((ModelDefinition)stage.Model.Create(), stage.InputShape, new SpecErrors())!;
        using NetworkState state = new(network);
        HashSet<string> own = [.. stage.Names];
        WeightReport report = WeightLoader.Load(state, [.. learned.Where(a => own.Contains(a.Name[..Math.Max(0, a.Name.LastIndexOf('/'))]))]);
        if (!report.Complete) throw new TrainingFailedException("The checkpoint of an earlier stage does not fit.");
        using InferenceSession session = new(state, Batch, team);
        return rows with { Described = described, Train = Through(rows.Train)!, Validation = Through(rows.Validation), Test = null };

        Split? Through(Split? part)
        {
            if (part is null) return null;
            int length = checked((int)network.OutputShape.Size);
            float[][] blocks = new float[(part.Count + Batch - 1) / Batch][];
            for (int b = 0; b < blocks.Length; b++)
            {
                int[] which = [.. Enumerable.Range(b * Batch, Math.Min(Batch, part.Count - (b * Batch)))];
                session.Predict(part.Inputs, which, blocks[b] = new float[which.Length * length]);
            }

            return InputsAsTargets.Of(part, new BlockRows(blocks, part.Count, length));
        }
    }

    /// <summary>Rows in memory, in blocks, so that any number of them fits.</summary>
    private sealed class BlockRows(float[][] blocks, int count, int length) : RowSource
    {
        public override int Count => count;

        public override int RowLength => length;

        public override void CopyRow(int row, Span<float> destination) => blocks[row / Batch].AsSpan(row % Batch * length, length).CopyTo(destination);
    }
}
