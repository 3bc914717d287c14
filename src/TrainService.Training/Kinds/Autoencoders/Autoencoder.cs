using System.Globalization;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Compilation;
using TrainService.Training.Models;

namespace TrainService.Training.Kinds.Autoencoders;

/// <summary>An encoder with noise before it, what makes its code sparse or random behind it, and a decoder: a plain graph whose targets are its inputs.</summary>
/// <param name="asked">By <c>AutoencoderKind.Common</c>, and what only an autoencoder as a whole has.</param>
/// <param name="object">Where that stands in the job.</param>
internal sealed class Autoencoder(Arguments asked, string @object, SpecErrors errors)
{
    /// <summary>Factors that suit a mean over the inputs in the loss beside a sum over the code.</summary>
    private const double UsualL1 = 1e-4, UsualKl = 0.05;

    private const string DecoderKey = "decoder";

    /// <summary>Activations whose outputs lie between 0 and 1, as the divergence of means needs it.</summary>
    private static readonly HashSet<string> Unit = new(StringComparer.Ordinal) { "sigmoid", "hard_sigmoid", "softmax" };

    private bool Variational => asked.Has("variational") && asked.Flag("variational");

    /// <param name="encoder">One input, one output.</param>
    /// <param name="output">Activation of what a mirrored decoder puts out.</param>
    /// <returns>Null when something can't be: told in the errors.</returns>
    public (ComponentValue Model, IReadOnlyList<ComponentValue> Decoder)? Build(OpenModel encoder, IReadOnlyList<int> inputShape, ComponentValue output)
    {
        int before = errors.Count;
        var layers = new List<ComponentValue> { OpenModel.InputLayer(encoder.Input, inputShape) };
        string at = AddNoise(layers, encoder, encoder.Input);
        layers.AddRange(encoder.Layers(at));
        at = AddCode(layers, encoder);
        ComponentValue[]? decoder = Decoder(encoder, output);
        if (decoder is null || errors.Count > before) return null;
        foreach (ComponentValue layer in decoder)
        {
            layers.Add(Made.With(layer, LayerArguments.Inputs, new[] { at }));
            at = layer.Arguments.Text(LayerArguments.Name);
        }

        ComponentValue model = encoder.Graph(layers, at);
        var definition = (ModelDefinition)model.Create();
        if (NetworkBuilder.Build(definition, inputShape, errors) is not { } network) return null;
        if (network.OutputShape.Size == inputShape.Aggregate(1L, (a, b) => a * b)) return (model, decoder);
        errors.Add(asked.IsGiven(DecoderKey) ? $"{@object}/{DecoderKey}" : "/model", "conflict",
            $"The decoder puts out {network.OutputShape}, but has to give back {NetworkBuilder.Show(inputShape)}.", network.OutputShape.ToString());
        return null;
    }

    private string AddNoise(List<ComponentValue> layers, OpenModel encoder, string at)
    {
        if (asked.Number("masking") is > 0 and var rate) Add("masking_noise", "masking", ("rate", rate));
        if (asked.Number("gaussian_noise") is > 0 and var deviation) Add("gaussian_noise", "gaussian_noise", ("stddev", deviation));
        return at;

        void Add(string type, string argument, (string, object?) value)
        {
            string name = encoder.Free(type);
            layers.Add(Made.With(Made.Layer(type, name, $"{@object}/{argument}", value), LayerArguments.Inputs, new[] { at }));
            at = name;
        }
    }

    /// <returns>Name of what the decoder begins with.</returns>
    private string AddCode(List<ComponentValue> layers, OpenModel encoder)
    {
        string at = encoder.Output;
        ComponentValue last = encoder.Definition.Nodes[^1].Value;
        string pointer = encoder.Definition.Nodes[^1].Pointer;
        if (Variational)
        {
            if (last.Descriptor.Name != "dense" || last.Arguments.OptionalValue("activation") is { Descriptor.Name: not "linear" })
            {
                errors.Add(pointer, "conflict", "The last layer of a variational encoder gives the means of normal distributions: it has to be a dense layer without an activation.", last.Descriptor.Name);
                return at;
            }

            // Beside the means, from the same input.
            string variance = encoder.Free("log_variance"), sample = encoder.Free("sample");
            ComponentValue twin = layers[^1];
            layers.Add(Made.With(twin, LayerArguments.Name, variance));
            double inputs = encoder.Network.InputShape.Size;
            layers.Add(Made.With(Made.Layer("gaussian_sampling", sample, $"{@object}/kl_weight", ("kl_weight", asked.Number("kl_weight") / inputs)), LayerArguments.Inputs, new[] { at, variance }));
            at = sample;
        }

        switch (asked.Text("sparsity"))
        {
            case "l1":
                return Behind("activity_regularization", ("l1", asked.OptionalNumber("sparsity_weight") ?? UsualL1));
            case "kl":
                string? activation = Activation(encoder);
                if (activation is null || !Unit.Contains(activation))
                    errors.Add(pointer, "conflict", "The divergence kl is of means between 0 and 1: the code needs an activation such as sigmoid.", activation ?? "none", "sigmoid");
                return Behind("kl_sparsity", ("target", asked.Number("sparsity_target")), ("weight", asked.OptionalNumber("sparsity_weight") ?? UsualKl));
            default:
                return at;
        }

        string Behind(string type, params ReadOnlySpan<(string, object?)> arguments)
        {
            string name = encoder.Free(type);
            layers.Add(Made.With(Made.Layer(type, name, $"{@object}/sparsity", arguments), LayerArguments.Inputs, new[] { at }));
            return name;
        }
    }

    private static string? Activation(OpenModel encoder)
    {
        ComponentValue last = encoder.Definition.OutputLayer;
        return last.Arguments.OptionalValue("activation")?.Descriptor.Name ?? last.Descriptor.Name;
    }

    /// <summary>The decoder's layers, each with a name of its own.</summary>
    private ComponentValue[]? Decoder(OpenModel encoder, ComponentValue output)
    {
        if (asked.Has(DecoderKey))
        {
            var given = ModelDefaults.Fill(Made.Sequential([.. asked.ValueList(DecoderKey).Select((l, i) => l with { Place = $"{@object}/{DecoderKey}/{i.ToString(CultureInfo.InvariantCulture)}" })]), JobVocabulary.All);
            return Named(given.Arguments.ValueList(SequentialModel.Layers), encoder);
        }

        if (encoder.Definition.Nodes.Any(n => n.Node.Inputs.Count > 1 || n.Node.SharedWith is not null) || encoder.Network.Layers.Any(l => l.Inputs[0] != l.Index - 1))
        {
            errors.Add("/model", "conflict", $"Only a stack can be mirrored; of a graph the decoder's layers have to be given in {@object[1..]}.decoder.");
            return null;
        }

        return new Mirror(errors).Of(encoder.Definition.Nodes, encoder.Network.Layers, output) is { } mirrored ? Named(mirrored, encoder) : null;
    }

    private static ComponentValue[] Named(IReadOnlyList<ComponentValue> layers, OpenModel encoder) => [.. layers.Select(l =>
        l.Arguments.OptionalText(LayerArguments.Name) is null ? Made.With(l, LayerArguments.Name, encoder.Free($"decoder_{l.Descriptor.Name}")) : l)];
}
