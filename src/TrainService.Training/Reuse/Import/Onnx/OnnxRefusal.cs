using TrainService.Formats;
using TrainService.Formats.Onnx;

namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>A file that says what layers here can't: which node, and why. It becomes an error of the import.</summary>
internal sealed class OnnxRefusal(string code, string message, string? got = null) : Exception(message)
{
    public string Code => code;

    public string? Got => got;

    public static OnnxRefusal Of(OnnxNode node, string why, string code = "no_equivalent")
        => new(code, $"Node {Describe(node)}: {why}", node.Operator);

    /// <summary>"'conv1' (Conv)", by its name or else by what it puts out.</summary>
    public static string Describe(OnnxNode node)
    {
        string name = node.Name.Length > 0 ? node.Name : node.Outputs.FirstOrDefault(o => o.Length > 0) ?? "";
        return $"'{ArrayFormatException.Printable(name)}' ({ArrayFormatException.Printable(node.Domain.Length > 0 ? $"{node.Domain}.{node.Operator}" : node.Operator)})";
    }
}
