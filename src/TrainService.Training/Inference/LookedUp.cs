using System.Text.Json;
using TrainService.Data.Preprocessing;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers;
using TrainService.NeuralNet.Layers.Images;
using TrainService.NeuralNet.Layers.Ports;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Inference;

/// <summary>
/// Which numbers of a row a network looks up in tables, and whether they are in them: the engine would take the nearest row for one that is not,
/// and answer as if nothing were wrong.
/// </summary>
internal sealed class LookedUp
{
    private readonly IReadOnlyList<int> _shape;
    private readonly IReadOnlyList<InputColumn>? _columns;
    private readonly string _when;
    private readonly List<(string Layer, int Rows, int[] Places)> _tables = [];

    public LookedUp(LoadedNetwork loaded)
    {
        Network network = loaded.State.Network;
        FittedPreprocessing? preprocessing = loaded.Preprocessing;
        _shape = preprocessing?.InputShape ?? [.. network.InputShape.Axes];
        _columns = preprocessing?.Columns;
        _when = preprocessing is { Steps.Count: > 0 } ? " after its preprocessing" : "";
        if (!network.Layers.Any(l => l.Layer is Embedding)) return;
        int[] row = [.. Enumerable.Range(0, (int)network.InputShape.Size)];
        // For each layer that hands numbers of the row on as they are, which these are.
        int[]?[] handed = new int[]?[network.Layers.Count];
        foreach (NetworkLayer layer in network.Layers)
        {
            if ((layer.Inputs[0] < 0 ? row : handed[layer.Inputs[0]]) is not { } given) continue;
            if (layer.Layer is Embedding table) _tables.Add((layer.Name, table.Rows, given));
            else if (layer.Layer is InputPort port) handed[layer.Index] = [.. port.Take.Select(i => given[i])];
            else if (layer.Layer is Flatten or Reshape) handed[layer.Index] = given;
        }
    }

    /// <summary>How many rows each table has, and which numbers of a sample are looked up in it.</summary>
    public IEnumerable<(int Rows, IReadOnlyList<int> Places)> Tables => _tables.Select(t => (t.Rows, (IReadOnlyList<int>)t.Places));

    /// <summary>Adds an error for each number that is in no row of its table, up to <see cref="SpecErrors.Limit"/>.</summary>
    /// <param name="sample">As the client sent it, for the places of errors.</param>
    /// <param name="row">The same as the network takes it.</param>
    /// <param name="pointer">Where the sample stands.</param>
    /// <param name="errors">Where errors are gathered.</param>
    public void Check(JsonElement sample, ReadOnlySpan<float> row, string pointer, List<SpecError> errors)
    {
        foreach ((string layer, int rows, int[] places) in _tables)
            foreach (int i in places)
            {
                if (row[i] >= 0 && row[i] < rows) continue;
                if (errors.Count >= SpecErrors.Limit) return;
                errors.Add(new SpecError(PlaceOf(i, sample, pointer), "out_of_range", $"'{layer}' looks this number up in a table of {rows} rows: expected 0 to {rows - 1}, got {row[i]:g9}{_when}.", row[i]));
            }
    }

    private string PlaceOf(int number, JsonElement sample, string pointer)
    {
        if (_columns is not null)
        {
            int column = 0;
            for (int before = 0; before + _columns[column].Width <= number; column++) before += _columns[column].Width;
            return sample.ValueKind == JsonValueKind.Object ? JsonPointer.Member(pointer, _columns[column].Name) : JsonPointer.Element(pointer, column);
        }
        if (sample[0].ValueKind != JsonValueKind.Array) return JsonPointer.Element(pointer, number);
        int rest = number, step = _shape.Aggregate(1, (a, b) => a * b);
        foreach (int axis in _shape)
        {
            step /= axis;
            pointer = JsonPointer.Element(pointer, rest / step);
            rest %= step;
        }
        return pointer;
    }
}
