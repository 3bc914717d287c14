using TrainService.Specification;
using TrainService.Training.Compilation;
using TrainService.Training.Models;

namespace TrainService.Training.Kinds.Adversarial;

/// <summary>Legal, but against what has made such trainings hold still: Radford 2015, arXiv:1511.06434.</summary>
internal sealed class AdversarialAdvice(AskedModel generator, AskedModel discriminator, Arguments gan, List<SpecWarning> warnings)
{
    private const double MostRate = 0.001, MostMomentum = 0.6;

    private static readonly HashSet<string> Rectifiers = new(StringComparer.Ordinal) { "relu", "relu6" };

    public void Give()
    {
        if (!Names(generator).Any(IsNormalization) && Weighted(generator) > 2)
            Warn(generator.Pointer, "gan_without_normalization", "Without batch normalization deep generators tend to draw the same again and again.",
                "Put batch_normalization behind each layer but the last.");
        if (IsNormalization(generator.Definition.Nodes[^1].Value.Descriptor.Name))
            Warn(generator.OutputPointer, "gan_normalized_output", "Batch normalization at the generator's output makes samples swing.", "Leave it out there.");
        if (FitCheck.OutputActivation(generator.Definition) is not ("tanh" or "sigmoid"))
            Warn(generator.OutputPointer, "gan_output_range", "The generator's output can be any number, the data's range is known.", "Use tanh, and data between -1 and 1.");
        Each(generator, "generator");
        Each(discriminator, "discriminator");
        for (int i = 0; i < discriminator.Definition.Nodes.Count; i++)
        {
            ComponentValue layer = discriminator.Definition.Nodes[i].Value;
            if (Rectifiers.Contains(layer.Descriptor.Name) || (layer.Arguments.Has("activation") && layer.Arguments.Values["activation"] is ComponentValue own && Rectifiers.Contains(own.Descriptor.Name)))
            {
                Warn(discriminator.LayerPointer(i), "gan_relu_in_discriminator", "Units that are off pass nothing on to the generator.", "Use leaky_relu with negative_slope 0.2.");
                break;
            }
        }
        CheckOptimizer("generator_optimizer");
        CheckOptimizer("discriminator_optimizer");
    }

    private void Each(AskedModel model, string which)
    {
        for (int i = 0; i < model.Definition.Nodes.Count; i++)
        {
            if (model.Definition.Nodes[i].Value.Descriptor.Name is not ("max_pooling2d" or "average_pooling2d" or "up_sampling2d")) continue;
            Warn(model.LayerPointer(i), "gan_pooling", $"A fixed change of size in the {which}.", $"Let convolutions learn it: {(which == "generator" ? "conv2d_transpose" : "conv2d")} with strides of 2.");
            break;
        }
    }

    private void CheckOptimizer(string name)
    {
        Arguments optimizer = gan.Value(name).Arguments;
        if (optimizer.OptionalNumber("learning_rate") is > MostRate)
            Warn($"/gan/{name}/learning_rate", "gan_rate", "Rates above 0.001 seldom hold the balance between the two.", "Begin with 0.0002.");
        if (optimizer.Has("beta_1") && optimizer.Number("beta_1") > MostMomentum)
            Warn($"/gan/{name}/beta_1", "gan_momentum", "Much momentum makes the two swing around each other.", "Use beta_1 0.5.");
    }

    private static int Weighted(AskedModel model) => model.Definition.Nodes.Count(n => ModelDefaults.IsWeighted(n.Value));

    private static IEnumerable<string> Names(AskedModel model) => model.Definition.Nodes.Select(n => n.Value.Descriptor.Name);

    private static bool IsNormalization(string name) => name.EndsWith("_normalization", StringComparison.Ordinal);

    private void Warn(string pointer, string code, string detail, string remedy) => warnings.Add(new SpecWarning(pointer, code, detail, remedy));
}
