using System.Globalization;
using TrainService.Formats.Onnx;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>An ONNX file as an import takes it in: what it is here, or why it can't be.</summary>
internal static class OnnxSource
{
    private const string Layers = "/model/layers/";

    /// <returns>Null when there are errors.</returns>
    public static OnnxNetwork? Read(OnnxModel file, bool modelSent, SpecErrors errors)
    {
        if (modelSent)
        {
            errors.Add("/model", "conflict", "An ONNX file says its network itself: leave model out.");
            return null;
        }
        try
        {
            return OnnxTranslation.Translate(file);
        }
        catch (OnnxRefusal refusal)
        {
            errors.Add("/weights", refusal.Code, refusal.Message, refusal.Got);
            return null;
        }
    }

    /// <summary>Errors of layers that nobody wrote, said of the nodes that they were made of.</summary>
    public static IReadOnlyList<SpecError> AtTheirNodes(IReadOnlyList<SpecError> errors, OnnxNetwork network) => [.. errors.Select(error =>
    {
        if (!error.Pointer.StartsWith(Layers, StringComparison.Ordinal)) return error with { Pointer = "/weights" };
        string[] path = error.Pointer[Layers.Length..].Split('/', 2);
        var layer = network.Model["layers"]![int.Parse(path[0], CultureInfo.InvariantCulture)]!.AsObject();
        string what = path.Length > 1 ? $", argument {path[1]}" : "";
        return error with { Pointer = "/weights", Detail = $"The node that became the layer '{layer["name"]}' ({layer["type"]}{what}): {error.Detail}" };
    })];
}
