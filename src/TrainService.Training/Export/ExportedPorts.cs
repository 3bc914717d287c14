using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers.Ports;

namespace TrainService.Training.Export;

/// <summary>One array that a network takes or gives.</summary>
/// <param name="Name">Of the input, or of the layer that puts it out.</param>
/// <param name="Array">What it is called among arrays: x or y, and with several x_NAME or y_NAME, as in uploaded datasets.</param>
/// <param name="Shape">Of a sample.</param>
/// <param name="Places">Where its numbers stand in the row that a sample is here.</param>
internal sealed record ExportedPort(string Name, string Array, IReadOnlyList<int> Shape, IReadOnlyList<int> Places)
{
    /// <summary>Its numbers out of rows that are <paramref name="length"/> long.</summary>
    public float[] Take(float[] rows, int length)
    {
        float[] own = new float[rows.Length / length * Places.Count];
        for (int i = 0; i < own.Length; i++) own[i] = rows[(i / Places.Count * length) + Places[i % Places.Count]];
        return own;
    }
}

/// <summary>What other programs hand over and get back: here a sample is one row in and one row out, however many inputs and outputs there are.</summary>
internal sealed record ExportedPorts(IReadOnlyList<ExportedPort> Inputs, IReadOnlyList<ExportedPort> Outputs)
{
    /// <param name="inputName">Of a network with one input.</param>
    public static ExportedPorts Of(Network network, string inputName)
    {
        (string Name, IReadOnlyList<int> Shape, IReadOnlyList<int> Places)[] inputs = [.. network.Layers.Where(l => l.Layer is InputPort)
            .Select(l => (l.Name, (IReadOnlyList<int>)[.. l.OutputShape.Axes], ((InputPort)l.Layer).Take))];
        if (inputs.Length == 0) inputs = [(inputName, [.. network.InputShape.Axes], [.. Enumerable.Range(0, (int)network.InputShape.Size)])];
        IReadOnlyList<OutputRange> outputs = OutputRange.Of(network);
        return new ExportedPorts(
            [.. inputs.Select(i => new ExportedPort(i.Name, inputs.Length == 1 ? "x" : $"x_{i.Name}", i.Shape, i.Places))],
            [.. outputs.Select(o => new ExportedPort(o.Name, outputs.Count == 1 ? "y" : $"y_{o.Name}", [.. o.Shape.Axes], [.. Enumerable.Range(o.Offset, o.Length)]))]);
    }
}
