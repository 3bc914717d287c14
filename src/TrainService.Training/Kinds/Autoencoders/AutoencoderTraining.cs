using TrainService.Data.Requests;
using TrainService.Jobs;
using TrainService.Jobs.Specs.Kinds;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Specification.Writing;
using TrainService.Training.Checkpoints;
using TrainService.Training.Models;
using TrainService.Training.Reuse;
using TrainService.Training.Running;

namespace TrainService.Training.Kinds.Autoencoders;

/// <summary>
/// Trains an autoencoder around the job's model, the encoder. The encoder is the result; the whole is kept beside it when training ends, as the part
/// "autoencoder".
/// </summary>
internal sealed class AutoencoderTraining() : Training(JobKinds.Autoencoder)
{
    public const string Whole = "autoencoder";

    private const string Decoder = "decoder";

    /// <inheritdoc/>
    public override bool IsDerived => true;

    /// <inheritdoc/>
    public override DerivedTraining? Derive(Arguments job, DescribedData data, SpecErrors errors)
    {
        if (Asked(job) is not { } asked || job.OptionalValue("model") is not { } model || !job.Has("dataset")) return null;
        RefuseAugmentation(data, errors);
        bool variational = asked.Flag("variational");
        if (!variational) model = CodeActivation.Fill(model);
        if (OpenModel.Of(model, data.InputShape, errors) is not { } encoder) return null;
        (ComponentValue loss, ComponentValue activation) = InputRange.Usual(InputRange.IsUnit(data, job.Object("dataset")));
        if (job.OptionalValue("loss") is { } given)
        {
            // A decoder that gives probabilities would not go with another loss on other ranges.
            if (given.Descriptor.Name != loss.Descriptor.Name && given.Descriptor.Name.StartsWith("binary_", StringComparison.Ordinal)) activation = Made.Activation("sigmoid");
            loss = given;
        }

        activation = asked.OptionalValue("output_activation") ?? activation;
        if (new Autoencoder(asked, $"/{Name}", errors).Build(encoder, data.InputShape, activation) is not { } built) return null;
        return new DerivedTraining(job.With("model", built.Model).With("loss", loss), InputsAsTargets.Of(data))
        {
            Stored = new Dictionary<string, object?> { ["model"] = model, [Name] = asked.With(Decoder, built.Decoder) },
            Leaves = [(ParentCheckpoint.Final, model, data.InputShape), (Whole, built.Model, data.InputShape)],
            Rows = InputsAsTargets.Of,
            Warnings = Advice(asked, encoder),
        };
    }

    private static List<SpecWarning> Advice(Arguments asked, OpenModel encoder)
    {
        var advice = new List<SpecWarning>();
        bool restrained = asked.Number("masking") > 0 || asked.Number("gaussian_noise") > 0 || asked.Text("sparsity") != "none" || asked.Flag("variational");
        if (!restrained && encoder.Network.OutputShape.Size >= encoder.Network.InputShape.Size)
            advice.Add(new SpecWarning("/model", "code_not_restrained", $"The code has {encoder.Network.OutputShape.Size} numbers, the input {encoder.Network.InputShape.Size}: it can be copied, and nothing need be learned.",
                "Make the code narrower, add noise (masking 0.3) or sparsity."));
        if (asked.Flag("variational") && asked.Number("kl_weight") > 10)
            advice.Add(new SpecWarning($"/{JobKinds.Autoencoder.Name}/kl_weight", "code_may_collapse", "With so much weight on the divergence the codes tend to the same distribution for all inputs.", "Start at 1."));
        return advice;
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<SavedModel>? Saves(RunSession session)
    {
        CheckpointMetadata whole = CheckpointMetadata.Of(session.Plain, session.Data);
        ComponentValue encoder = session.Spec.Model;
        HashSet<string> layers = [.. ((ModelDefinition)encoder.Create()).Nodes.Select(n => n.Node.Name)];
        return
        [
            new SavedModel("", whole with { Model = SpecWriter.Write(WeightsFrom.Without(encoder)), Target = null, Metrics = [] }) { Layers = layers.Contains },
            new SavedModel(Whole, whole) { OnlyAtEnd = true },
        ];
    }

    /// <inheritdoc/>
    protected override Func<NetworkState, EpochPictures?> Pictures(RunSession session)
        => state => Reconstructions.Of(state, session.Data.InputShape, session.Data.Validation ?? session.Data.Train, session.Spec.Arguments.Object(Name).Integer("pictures"), session.Team);
}
