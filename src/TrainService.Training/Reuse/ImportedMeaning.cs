using TrainService.Architectures;
using TrainService.Data.Preprocessing;
using TrainService.NeuralNet.Catalog;
using TrainService.NeuralNet.Graph;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Tensors;
using TrainService.Training.Compilation;
using TrainService.Training.Inference.Classes;
using TrainService.Training.Models;

namespace TrainService.Training.Reuse;

/// <summary>What the inputs and outputs of a model from elsewhere stand for: nothing in its file says so.</summary>
internal static class ImportedMeaning
{
    private const string ClassesKey = "classes", PreprocessKey = "preprocess";

    public static ArgumentSpec Classes { get; } = new(ClassesKey, ArgumentKind.Texts, $"Names of the classes, in the order of the outputs; or {ImagenetClasses.Word} for ImageNet's thousand in Keras's order, "
        + $"{ImagenetClasses.DarknetWord} in Darknet's. Left out: {ImagenetClasses.Word} for a network from pictures of three channels to 1000 outputs, else none.")
    { Count = (1, 100_000), Nullable = true };

    public static ArgumentSpec Preprocess { get; } = new(PreprocessKey, ArgumentKind.Components,
        "What makes of pictures in [0, 1] (bytes / 255) what the network takes: rescale, imagenet, samplewise. It is applied to raw inputs of predict. Left out: what keras.applications does "
        + "for a network of the zoo, else nothing.")
    {
        Category = "preprocessor", Count = (0, 16), Nullable = true,
    };

    /// <summary>Null when the outputs stand for no classes that anybody knows.</summary>
    public static IReadOnlyList<string>? ClassesOf(Arguments asked, Network network, SpecErrors errors)
    {
        long outputs = network.OutputShape.Size;
        IReadOnlyList<string>? given = asked.Has(ClassesKey) ? asked.Texts(ClassesKey) : null;
        if (given is null && outputs == ImagenetClasses.Count && network.InputShape.Axes is [_, _, 3]) return ImagenetClasses.Names;
        if (given is not [ImagenetClasses.Word or ImagenetClasses.DarknetWord])
        {
            Check(given, outputs, errors);
            return given;
        }

        if (outputs != ImagenetClasses.Count)
            errors.Add($"/{ClassesKey}", "conflict", $"The model puts out {outputs} numbers; ImageNet has {ImagenetClasses.Count} classes.", given[0]);
        return given[0] == ImagenetClasses.Word ? ImagenetClasses.Names : ImagenetClasses.DarknetNames;
    }

    /// <summary>What predict does to raw inputs; bytes of pictures are brought to [0, 1] first, as datasets have them.</summary>
    public static FittedPreprocessing PreprocessingOf(Arguments asked, Network network, SpecErrors errors)
    {
        int[] shape = [.. network.InputShape.Axes];
        IReadOnlyList<ComponentValue> steps = asked.Has(PreprocessKey) ? asked.ValueList(PreprocessKey) : ForZoo(asked.OptionalValue("model")?.Descriptor.Name, shape);
        List<FittedStep> fitted = [];
        for (int i = 0; i < steps.Count; i++)
        {
            var step = (Preprocessor)steps[i].Create();
            string place = $"/{PreprocessKey}/{i}";
            if (step.OnTargets || step.LearnsFromRows)
                errors.Add(place, "conflict", $"{step.Name} learns from training rows, of which there are none here: rescale says the numbers themselves.", step.Name, "rescale");
            else if (step.Problem(shape) is { } problem)
                errors.Add(place, "conflict", problem, step.Name);
            else
                fitted.Add(step.Fit(new FloatRows(Array.Empty<float>(), 1), shape, []));
        }

        return new FittedPreprocessing { InputShape = shape, Scale = shape.Length is 2 or 3 ? 1 / 255.0 : 1, Steps = fitted };
    }

    /// <summary>From what comes out: softmax tells classes, sigmoid yes or no; scores without an activation tell classes when these are known.</summary>
    public static ComponentValue GuessLoss(ModelDefinition model, Network network, IReadOnlyList<string>? classes)
    {
        const string Sparse = "sparse_categorical_crossentropy";
        string? activation = FitCheck.OutputActivation(model);
        // Some networks end with a pooling, which leaves scores too.
        bool scored = activation is null || Registries.Activations.Find(activation) is null;
        if (scored && classes is not null && classes.Count == network.OutputShape.Size)
        {
            ComponentValue scores = JobVocabulary.All.WithDefaults("loss", Sparse);
            return scores with { Arguments = scores.Arguments.With("from_logits", true) };
        }

        return JobVocabulary.All.WithDefaults("loss", activation switch { "softmax" => Sparse, "sigmoid" => "binary_crossentropy", _ => "mse" });
    }

    private static void Check(IReadOnlyList<string>? classes, long outputs, SpecErrors errors)
    {
        if (classes is null) return;
        if (classes.Count != outputs && !(outputs == 1 && classes.Count == 2))
            errors.Add($"/{ClassesKey}", "conflict", $"The model puts out {outputs} numbers, but there are {classes.Count} names.", classes.Count);
        if (classes.Distinct(StringComparer.Ordinal).Count() < classes.Count)
            errors.Add($"/{ClassesKey}", "conflict", "Two classes have the same name.");
    }

    /// <summary>Each family's own, as keras.applications has it.</summary>
    private static IReadOnlyList<ComponentValue> ForZoo(string? architecture, IReadOnlyList<int> shape)
    {
        if (architecture is null or "alexnet" || shape is not [_, _, 3] || ArchitectureList.All.All(a => a.Name != architecture)) return [];
        bool second = architecture.EndsWith("v2", StringComparison.Ordinal);
        string mode = architecture.StartsWith("vgg", StringComparison.Ordinal) || (architecture.StartsWith("resnet", StringComparison.Ordinal) && !second) ? "caffe"
            : architecture.StartsWith("densenet", StringComparison.Ordinal) ? "torch" : "tf";
        ComponentValue step = JobVocabulary.All.WithDefaults("preprocessor", "imagenet");
        return [step with { Arguments = step.Arguments.With("mode", mode) }];
    }
}
