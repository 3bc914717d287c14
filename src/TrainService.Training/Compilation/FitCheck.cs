using TrainService.Data.Descriptions;
using TrainService.Data.Requests;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers;
using TrainService.NeuralNet.Losses;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Models;

namespace TrainService.Training.Compilation;

/// <summary>Do dataset, model and loss fit each other? What cannot work is an error at the place to change; what can but hardly should is a warning.</summary>
internal sealed class FitCheck(DescribedData data, ModelDefinition definition, Network network, ComponentValue lossValue, Loss loss,
    SpecErrors errors, List<SpecWarning> warnings)
{
    private readonly TargetDescription _target = data.Target;
    private readonly string _lossName = lossValue.Descriptor.Name;
    private readonly int _outputs = (int)Math.Min(network.OutputShape.Size, int.MaxValue);
    private readonly string? _activation = OutputActivation(definition);

    private string OutputPlace => $"{definition.Nodes[^1].Pointer}{(definition.Nodes[^1].Place is null ? "/classes" : definition.Nodes[^1].Value.Arguments.Has("units") ? "/units" : "")}";

    private int? Classes => _target.ClassNames?.Count;

    private bool FromLogits => lossValue.Arguments.Has("from_logits") && lossValue.Arguments.Flag("from_logits");

    public void Run()
    {
        CheckNumbersLookedUp();
        if (loss is OutputLosses several)
        {
            CheckSeveral(several);
            return;
        }

        if (loss is BatchLoss)
        {
            CheckClasses();
            if (data.Augment?.MixupAlpha is not null)
                errors.Add("/dataset/augment/mixup", "conflict", $"mixup blends targets, and {_lossName} needs each sample's class.", _lossName);
            return;
        }

        if (loss is PositionwiseLoss positions) CheckClassRange(positions.Inner, network.OutputShape[-1], ..);
        if (loss.TargetLength(_outputs) == 1 && _outputs > 1) CheckClassNumbers();
        else if (_lossName.StartsWith("categorical_", StringComparison.Ordinal)) CheckOneHot();
        else if (_lossName.StartsWith("binary_", StringComparison.Ordinal)) CheckBinary();
        else CheckNumbers();
        CheckOutputActivation();
    }

    /// <summary>Embeddings are as long as one likes: there need only be classes.</summary>
    private void CheckClasses()
    {
        if (_target.Kind != TargetKind.Class)
            errors.Add("/loss", "conflict", $"{_lossName} needs the number of a class for each sample, but the dataset's targets are {Describe(_target)}.", _lossName);
    }

    /// <summary>Targets that name classes by numbers must name one of those that there are.</summary>
    /// <param name="targets">Where they stand in a row.</param>
    private void CheckClassRange(Loss judged, int classes, Range targets)
    {
        if (judged is not SparseCategoricalCrossentropy || TargetsAt(targets) is not { } given) return;
        if (given.Minimum < 0 || given.Maximum >= classes)
            errors.Add("/loss", "conflict", $"{_lossName} takes targets for numbers of classes, of which the output has {classes}, but the dataset's lie between {given.Minimum:g6} and {given.Maximum:g6}.", _lossName);
        else if (!given.Whole)
            errors.Add("/loss", "conflict", $"{_lossName} takes targets for numbers of classes, but some of the dataset's are no whole numbers.", _lossName, "mse");
    }

    // Of rows too long to be looked at number by number the range of all is known.
    private TargetColumn? TargetsAt(Range targets)
        => Classes is { } classes && _target.Kind == TargetKind.Class ? new TargetColumn(0, classes - 1, true)
            : data.TargetColumns is { } columns ? columns.Take(targets).Aggregate((a, b) => a.And(b))
            : data.Dataset.Statistics?.Targets is { } all ? new TargetColumn(all.Minimum, all.Maximum, true) : null;

    /// <summary>The targets of all outputs stand in one row.</summary>
    private void CheckSeveral(OutputLosses several)
    {
        foreach (OutputLoss part in several.Parts)
        {
            if (part.Loss is PositionwiseLoss positions) CheckClassRange(positions.Inner, part.Length / (part.TargetLength / positions.Inner.TargetLength(1)), part.Targets);
            else CheckClassRange(part.Loss, part.Length, part.Targets);
            if (part.Loss is BatchLoss)
                errors.Add("/loss", "conflict", $"The output '{part.Name}' has a loss that compares the rows of a batch with each other; only a model with a single output can have it.", part.Name);
        }

        int wanted = several.TargetLength(_outputs);
        if (wanted != _target.Length)
            errors.Add("/loss", "conflict", $"The outputs {string.Join(", ", several.Parts.Select(p => p.Name))} are compared with {wanted} targets together, but the dataset's are {Describe(_target)}. "
                + "Name as many label columns, in the order of the outputs.", wanted);
    }

    /// <summary>The largest number that the dataset holds must be in a table that looks the inputs up.</summary>
    private void CheckNumbersLookedUp()
    {
        if (data.Dataset.Statistics?.Inputs is not { } inputs || data.Dataset.Columns is not null) return;
        foreach (NetworkLayer layer in network.Layers)
            if (layer.Layer is Embedding table && layer.Inputs[0] < 0 && (inputs.Maximum >= table.Rows || inputs.Minimum < 0))
                errors.Add($"{definition.Nodes[layer.Index].Pointer}/input_dim", "out_of_range",
                    $"The dataset's inputs lie between {inputs.Minimum:g6} and {inputs.Maximum:g6}, so the table needs {Math.Floor(inputs.Maximum) + 1:g9} rows, and no input may be negative.", table.Rows);
    }

    /// <summary>Name of the activation that the model's output comes out of; null when there is none.</summary>
    public static string? OutputActivation(ModelDefinition model)
    {
        ComponentValue last = model.OutputLayer;
        string name = last.Arguments.OptionalValue("activation")?.Descriptor.Name ?? last.Descriptor.Name;
        return name is "linear" or "dense" or "flatten" or "reshape" or "dropout" ? null : name;
    }

    private void CheckClassNumbers()
    {
        // Numbers without fractions are the numbers of classes, whatever type they came in.
        if (_target.Kind == TargetKind.Number && data.TargetColumns is [{ Whole: true }])
            CheckClassRange(loss, _outputs, ..);
        else if (_target.Kind != TargetKind.Class)
            errors.Add("/loss", "conflict", $"{_lossName} needs the number of a class for each sample, but the dataset's targets are {Describe(_target)}"
                + (_target.Kind == TargetKind.Number ? ", not all of them whole." : "."), _lossName, Classes is not null ? "categorical_crossentropy" : "mse");
        else if (Classes is { } classes && _outputs < classes)
            errors.Add(OutputPlace, "conflict", $"The dataset has {classes} classes, so the output needs {classes} numbers; it has {_outputs}.", _outputs);
        else if (Classes < _outputs)
            Warn(OutputPlace, "unused_outputs", $"The output has {_outputs} numbers, the dataset only {Classes} classes.", $"Use {Classes} units.");
    }

    private void CheckOneHot()
    {
        if (_target.Kind == TargetKind.Class)
            errors.Add("/loss", "conflict", $"{_lossName} needs a row of numbers for each sample, but the dataset's targets are the numbers of classes. "
                + "Use sparse_categorical_crossentropy, or preprocess with one_hot.", _lossName, "sparse_" + _lossName);
        else
            CheckLength();
    }

    private void CheckBinary()
    {
        if (_target.Kind == TargetKind.Class && Classes > 2)
            errors.Add("/loss", "conflict", $"{_lossName} answers yes or no, but the dataset has {Classes} classes.", _lossName, "sparse_categorical_crossentropy");
        else if (_target.Kind != TargetKind.Class && Classes is null && data.Dataset.Statistics?.Targets is { } range && (range.Minimum < 0 || range.Maximum > 1))
            errors.Add("/loss", "conflict", $"{_lossName} needs targets from 0 to 1, but the dataset's lie between {range.Minimum:g6} and {range.Maximum:g6}.", _lossName, "mse");
        else
            CheckLength();
    }

    private void CheckNumbers()
    {
        if (!CheckLength()) return;
        if (_target.Kind == TargetKind.Class && Classes > 2)
            Warn("/loss", "classes_as_numbers", $"{_lossName} takes the numbers of the {Classes} classes for quantities: class 2 would be twice class 1.",
                $"Use sparse_categorical_crossentropy and {Classes} output units with softmax.");
    }

    private bool CheckLength()
    {
        int wanted = loss.TargetLength(_outputs);
        if (wanted == _target.Length) return true;
        if (_target.Kind == TargetKind.Class && Classes > 2 && _outputs == Classes)
            errors.Add("/loss", "conflict", $"The output has a number for each of the {Classes} classes, but {_lossName} compares it with the class's number.", _lossName,
                "sparse_categorical_crossentropy");
        else
            errors.Add(OutputPlace, "conflict", $"The output has {_outputs} numbers, but the targets are {Describe(_target)}.", _outputs);
        return false;
    }

    private void CheckOutputActivation()
    {
        bool categorical = _lossName.Contains("categorical_crossentropy", StringComparison.Ordinal);
        bool binary = _lossName == "binary_crossentropy";
        if (_activation == "softmax" && network.OutputShape[-1] == 1)
            Warn(OutputPlace, "softmax_of_one", "Softmax over a single number is always 1: nothing can be learned.", "Use sigmoid with binary_crossentropy, or one unit for each class.");
        if (FromLogits && _activation is "softmax" or "sigmoid")
            Warn("/loss/from_logits", "activation_applied_twice", $"The output goes through {_activation}, and from_logits applies it again.", $"Take {_activation} off, or from_logits out.");
        if (!FromLogits && (categorical || binary) && _activation is not ("softmax" or "sigmoid" or "hard_sigmoid" or "softplus" or "exponential"))
            Warn(definition.Nodes[^1].Pointer, "not_probabilities", $"{_lossName} takes the output for probabilities, but {_activation ?? "no activation"} puts out any numbers.",
                $"Give the last layer {(categorical ? "softmax" : "sigmoid")}, or set from_logits to true.");
        if (!categorical && !binary && _activation is "softmax" or "sigmoid" or "tanh" && OutOfReach(_activation))
            Warn(definition.Nodes[^1].Pointer, "output_out_of_reach", $"The output of {_activation} can't reach targets between {data.Dataset.Statistics!.Targets!.Minimum:g4} and "
                + $"{data.Dataset.Statistics.Targets.Maximum:g4}.", "Leave the last layer without an activation, or scale the targets.");
    }

    private bool OutOfReach(string activation) => _target.Kind == TargetKind.Number && data.Dataset.Statistics?.Targets is { } range
        && (range.Maximum > 1 || range.Minimum < (activation == "tanh" ? -1 : 0));

    private static string Describe(TargetDescription target) => target.Kind switch
    {
        TargetKind.Class => "the numbers of classes, one for each sample",
        TargetKind.Number => "one number for each sample",
        TargetKind.Inputs => $"its own inputs, rows of {target.Length} numbers: nothing of it is labelled",
        _ => $"rows of {target.Length} numbers",
    };

    private void Warn(string pointer, string code, string detail, string remedy) => warnings.Add(new SpecWarning(pointer, code, detail, remedy));
}
