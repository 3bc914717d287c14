using System.Text.Json.Nodes;
using TrainService.Data.Preprocessing;
using TrainService.Formats.Safetensors;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Specification.Reading;
using TrainService.Specification.Writing;
using TrainService.Tensors;
using TrainService.Tensors.Threading;
using TrainService.Training.Checkpoints;
using TrainService.Training.Compilation;
using TrainService.Training.Export;
using TrainService.Training.Inference;
using TrainService.Training.Reuse.Import;

namespace TrainService.Training.Tests.Export;

/// <summary>Models with numbers in all their tensors, written, and asked for their predictions.</summary>
internal static class ExportCases
{
    public static string Stack(string layers) => $$"""{"type": "sequential", "layers": [{{layers}}]}""";

    public static string Graph(string layers, string output) => $$"""{"type": "functional", "layers": [{{layers}}], "outputs": ["{{output}}"]}""";

    public static byte[] Write(ExportedModel model, string format)
    {
        using var file = new MemoryStream();
        CheckpointExporter.WriteModel(model, format, file);
        return file.ToArray();
    }

    public static LoadedNetwork Load(string json, Action<string, float[]>? change = null)
    {
        var errors = new SpecErrors();
        using var document = System.Text.Json.JsonDocument.Parse(json);
        if (ImportedModel.Read(document.RootElement, null, null, errors) is not { } read) throw new InvalidOperationException($"{json}: {errors.All[0].Detail}");
        using var state = new NetworkState(read.Network);
        state.Initialize(7);
        foreach (Parameter p in state.Parameters)
        {
            float[] values = new float[p.Shape.Size];
            p.Read(values);
            // Statistics as training leaves them: far from 0 and 1, and variances above 0.
            if (p.Shape.Rank == 1) values = [.. Enumerable.Range(0, values.Length).Select(i => 0.75f + (0.5f * MathF.Sin(i + p.Name.Length)))];
            change?.Invoke(p.Name, values);
            p.Write(values);
        }
        TensorSnapshot snapshot = TensorSnapshot.OfWeights(state);
        snapshot.Take();
        using var weights = new MemoryStream();
        SafetensorsFile.Write(weights, [.. snapshot.Arrays]);
        weights.Position = 0;
        int[] shape = [.. read.Network.InputShape.Axes];
        return LoadedNetwork.Load(new CheckpointMetadata
        {
            Model = SpecWriter.Write(read.Model), InputShape = shape, Loss = SpecWriter.Write(JobVocabulary.All.WithDefaults("loss", "mse")), Preprocessing = JsonNode.Parse(new FittedPreprocessing { InputShape = shape }.ToJson()),
        }.ToJson(), weights);
    }

    public static void Close(float[] given, float[] expected)
    {
        float allowed = 1e-5f * Math.Max(1, expected.Max(Math.Abs));
        given.Length.ShouldBe(expected.Length);
        given.Zip(expected).Max(p => Math.Abs(p.First - p.Second)).ShouldBeLessThan(allowed);
    }

    public static float[] Rows(ExportedModel model) => [.. Enumerable.Range(0, 3 * (int)model.Network.InputShape.Size).Select(i => MathF.Sin(i * 1.7f) * 2)];

    public static float[] Predict(ExportedModel model, float[] rows)
    {
        using var state = new NetworkState(model.Network);
        foreach (Parameter parameter in state.Parameters) parameter.Write(model.Tensors[parameter.Name].ToSingles());
        float[] outputs = new float[3 * model.Network.OutputShape.Size];
        using var pool = new ComputePool(1);
        using ComputeTeam team = pool.LeaseBeside();
        using var session = new InferenceSession(state, 3, team);
        session.Predict(new FloatRows(rows, (int)model.Network.InputShape.Size), [0, 1, 2], outputs);
        return outputs;
    }
}
