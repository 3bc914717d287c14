using System.Text.Json;
using TrainService.Jobs.Specs;
using TrainService.Jobs.Specs.Kinds;
using TrainService.NeuralNet.Adversarial;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Compilation;
using TrainService.Training.Models;
using TrainService.Training.Running;

namespace TrainService.Training.Kinds.Adversarial;

/// <summary>What a resolved job of kind gan comes to.</summary>
internal sealed class AdversarialPlan(JobSpec spec, Network generator, Network discriminator)
{
    private const string Accumulation = "gradient_accumulation_steps";

    private readonly Arguments _gan = spec.Arguments.Object("gan");

    /// <summary>Of a network whose job names none.</summary>
    public static ComponentValue UsualOptimizer { get; } = Read();

    public Network Generator => generator;

    public Network Discriminator => discriminator;

    public ComponentValue GeneratorModel => _gan.Value("generator");

    public ComponentValue DiscriminatorModel => _gan.Value("discriminator");

    public Optimizer GeneratorOptimizer => (Optimizer)_gan.Value("generator_optimizer").Create();

    /// <summary>Gathers a real and a generated batch for each one that the job asks for.</summary>
    public Optimizer DiscriminatorOptimizer
    {
        get
        {
            ComponentValue asked = _gan.Value("discriminator_optimizer");
            return (Optimizer)(asked with { Arguments = asked.Arguments.With(Accumulation, 2L * (asked.Arguments.OptionalInteger(Accumulation) ?? 1)) }).Create();
        }
    }

    public int DiscriminatorSteps => _gan.Integer("discriminator_steps");

    public int GeneratorSteps => _gan.Integer("generator_steps");

    /// <summary>What smoothing leaves of a perfect discriminator's loss, mean of both sides.</summary>
    public double LeastLoss
    {
        get
        {
            double s = _gan.Number("label_smoothing");
            return s == 0 ? 0 : -((s * Math.Log(s)) + ((1 - s) * Math.Log(1 - s))) / 2;
        }
    }

    public int Samples => _gan.Integer("samples");

    /// <summary>The discriminator puts out logits.</summary>
    public bool FromLogits => FitCheck.OutputActivation((ModelDefinition)DiscriminatorModel.Create()) is null;

    /// <summary>The discriminator's.</summary>
    public ComponentValue Loss
    {
        get
        {
            ComponentValue loss = JobVocabulary.All.WithDefaults("loss", "binary_crossentropy");
            return FromLogits ? loss with { Arguments = loss.Arguments.With("from_logits", true) } : loss;
        }
    }

    public AdversarialOptions Options(int rows) => new()
    {
        Loss = (Loss)Loss.Create(), Middle = FromLogits ? 0 : 0.5f, GeneratorOptimizer = GeneratorOptimizer, DiscriminatorOptimizer = DiscriminatorOptimizer,
        BatchSize = Math.Min(spec.BatchSize, rows), DiscriminatorSteps = DiscriminatorSteps, GeneratorSteps = GeneratorSteps, LabelSmoothing = _gan.Number("label_smoothing"),
        LatentSize = _gan.Integer("latent_size"), Latents = _gan.Text("latent_distribution") == "uniform" ? LatentDistribution.Uniform : LatentDistribution.Normal, Seed = spec.Seed,
    };

    /// <exception cref="TrainingFailedException">The dataset is not any more what the job was checked against.</exception>
    public static AdversarialPlan Of(JobSpec spec, IReadOnlyList<int> inputShape)
    {
        Arguments gan = spec.Arguments.Object("gan");
        var errors = new SpecErrors();
        Network? generator = NetworkBuilder.Build((ModelDefinition)gan.Value("generator").Create(), [gan.Integer("latent_size")], errors);
        Network? discriminator = NetworkBuilder.Build((ModelDefinition)gan.Value("discriminator").Create(), inputShape, errors);
        return generator is null || discriminator is null
            ? throw new TrainingFailedException($"The models can't be built: {errors.All[0].Detail}")
            : new AdversarialPlan(spec, generator, discriminator);
    }

    private static ComponentValue Read()
    {
        using JsonDocument document = JsonDocument.Parse(JobKinds.GanOptimizer);
        return new SpecReader(JobVocabulary.All, new SpecErrors()).ReadComponent(document.RootElement, "optimizer", "")!;
    }
}
