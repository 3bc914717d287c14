using TrainService.Formats;
using TrainService.Formats.Onnx;
using TrainService.Training.Reuse.Import.Onnx;

namespace TrainService.Training.Tests.Reuse.Onnx;

/// <summary>ONNX's own cases for single operators, from Debian's libonnx-testdata: a case is either computed right or refused for a reason that is known.</summary>
public class OnnxNodeCaseTests
{
    private const string Folder = "/usr/share/libonnx-testdata/data";

    /// <summary>Why a case of an operator that is read may not be: what layers here can't do. README.md of TrainService.Training says the same.</summary>
    private static readonly string[] Known =
    [
        "the batch", "batch must stay", "mixes the batch", "other numbers of axes", "depends on what comes in", "is a constant; here it must be", "is worked out from what comes in", "Nothing that comes in leads",
        "has no shape, or no axis for the batch", "is a constant.", "batch of", "goes over 3 axes", "something else than images", "written for training", "its mask is used", "places of the maxima", "windows have gaps",
        "what comes in may be negative", "dilations are both above 1", "divides by what comes in", "powers of 1, 2 and 3", "it pads by", "repeats what comes in", "several parts of what comes in", "batch and features",
        "bias is none that all rows share", "second input is no matrix", "stacks of matrices", "resizes by 'cubic'", "takes other pixels than here", "leaves nothing", "goes backwards", "numbers of 8 bits", "is of whole numbers",
        "element type String", "compares with other constants", "several other inputs", "mean or deviation is used", "numbers along an axis of", "it would get more", "slope is negative", "numbers for each pixel", "statistics for each pixel",
        "different numbers of axes", "has groups, which", "by 2 axes", "numbers that are not whole", "leaves sizes open", "at least 0", "puts the same out twice", "Expected a number", "cut to whole ones", "matches axes as versions before 7", "could be worked out",
        "Its shape [", "does not go into [3, 4, 0]", "is no array of numbers", "makes texts or truth values", "puts out nothing", "is no valid", "Expected at least", "out of range",
    ];

    [OnnxDataTheory]
    [InlineData("node", 255)]
    [InlineData("pytorch-converted", 40)]
    [InlineData("pytorch-operator", 8)]
    [InlineData("simple", 2)]
    public void Every_case_of_a_claimed_operator_is_right_or_refused_for_a_known_reason(string kind, int least)
    {
        int passed = 0;
        List<string> wrong = [];
        foreach (string folder in Directory.GetDirectories(Path.Combine(Folder, kind)).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(folder);
            // These hold the bits of such numbers as if they were whole ones (uint16), and cut off where today's operator rounds.
            if (name.Contains("BFLOAT16", StringComparison.Ordinal)) continue;
            OnnxModel model;
            using (FileStream stream = File.OpenRead(Path.Combine(folder, "model.onnx"))) model = OnnxFile.Read(stream);
            // The first output is the one that networks use: the others are means and masks for training.
            if (model.Graph.Nodes.Count == 1 && model.Graph.Nodes[0].Operator is "LayerNormalization") model = model with { Graph = model.Graph with { Outputs = [model.Graph.Outputs[0]] } };
            if (!model.Graph.Nodes.All(n => n.Domain.Length == 0 && (OnnxOperators.All.ContainsKey(n.Operator) || OnnxFolding.Knows(n.Operator)))) continue;
            try
            {
                double difference = Difference(folder, model);
                if (difference < 1e-5) passed++;
                else wrong.Add($"{name}: {difference}");
            }
            catch (Exception refusal) when (refusal is OnnxRefusal or ArrayFormatException)
            {
                if (!Known.Any(k => refusal.Message.Contains(k, StringComparison.Ordinal))) wrong.Add($"{name} is refused: {refusal.Message}");
            }
        }
        wrong.ShouldBeEmpty();
        passed.ShouldBeGreaterThanOrEqualTo(least);
    }

    /// <summary>Everything comes in, as the case has it; or only the first input does, and the others are constants, as networks have them.</summary>
    private static double Difference(string folder, OnnxModel model)
    {
        string data = Path.Combine(folder, "test_data_set_0");
        HashSet<string> constants = [.. model.Graph.Initializers.Select(i => i.Name)];
        model = model with { Graph = model.Graph with { Inputs = [.. model.Graph.Inputs.Where(i => !constants.Contains(i.Name))] } };
        NamedArray[] inputs = [.. model.Graph.Inputs.Select((_, i) => Tensor(Path.Combine(data, $"input_{i}.pb")))];
        NamedArray[] outputs = [.. model.Graph.Outputs.Select((_, i) => Tensor(Path.Combine(data, $"output_{i}.pb")))];
        try
        {
            HashSet<string> used = [.. model.Graph.Nodes.SelectMany(n => n.Inputs)];
            return Compare(OnnxRun.Predict(model, [.. inputs.Where((_, i) => used.Contains(model.Graph.Inputs[i].Name))]), outputs);
        }
        catch (OnnxRefusal) when (inputs.Length > 1)
        {
            // The one that is no parameter: the first of a node's inputs, or of a table the one that is looked up.
            int value = model.Graph.Nodes[0].Operator == "Where" ? 1 : 0;
            var fixedModel = model with
            {
                Graph = model.Graph with
                {
                    Inputs = [model.Graph.Inputs[value]],
                    Initializers = [.. model.Graph.Initializers, .. inputs.Select((a, i) => a.As(model.Graph.Inputs[i].Name)).Where((_, i) => i != value)],
                },
            };
            return Compare(OnnxRun.Predict(fixedModel, [inputs[value]]), outputs);
        }
    }

    // Here all numbers are float32: what should be in 16 bits is rounded to them before it is compared.
    private static double Compare(float[][] given, NamedArray[] expected) => given.Zip(expected).Max(p => OnnxRun.Difference(p.Second.Type switch
    {
        ArrayType.Float16 => [.. p.First.Select(v => (float)(Half)v)],
        _ => p.First,
    }, p.Second.ToSingles()));

    private static NamedArray Tensor(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return OnnxFile.ReadTensor(stream);
    }
}

/// <summary>A test that needs Debian's libonnx-testdata; without it it shows as skipped.</summary>
public sealed class OnnxDataTheoryAttribute : TheoryAttribute
{
    public OnnxDataTheoryAttribute()
    {
        if (!Directory.Exists("/usr/share/libonnx-testdata/data/node")) Skip = "Debian's libonnx-testdata is not installed: ONNX's own cases for operators.";
    }
}
