using System.Text.Json.Nodes;
using TrainService.NeuralNet.Layers.Quantization;

namespace TrainService.Training.Export.Calibration;

/// <param name="Rows">What the ranges were measured on.</param>
/// <param name="Grids">What numbers are rounded to, by the layer that puts them out, or the input's name.</param>
internal sealed record CalibrationReport(CalibrationRows Rows, IReadOnlyDictionary<string, EightBitGrid> Grids)
{
    public JsonObject ToJson() => new()
    {
        ["dataset"] = Rows.Dataset, ["part"] = "train", ["rows"] = Rows.Count,
        ["activations"] = new JsonArray([.. Grids.Select(g => (JsonNode?)new JsonObject
        {
            ["name"] = g.Key, ["min"] = g.Value.Range.Min, ["max"] = g.Value.Range.Max, ["scale"] = g.Value.Scale, ["zero_point"] = g.Value.ZeroPoint,
        })]),
    };
}
