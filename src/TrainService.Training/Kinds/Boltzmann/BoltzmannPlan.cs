using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Boltzmann;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Optimizers;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Models;
using TrainService.Training.Running;

namespace TrainService.Training.Kinds.Boltzmann;

/// <summary>What a resolved job of kind pretrain_rbm comes to.</summary>
internal sealed class BoltzmannPlan(JobSpec spec, Network network, IReadOnlyList<TaughtLayer> layers)
{
    private readonly Arguments _asked = spec.Arguments.Object("pretrain_rbm");

    public Network Network => network;

    /// <summary>From below; at least one.</summary>
    public IReadOnlyList<TaughtLayer> Layers => layers;

    public Optimizer Optimizer { get; } = (Optimizer)spec.Optimizer.Create();

    public int GibbsSteps => _asked.Integer("gibbs_steps");

    public bool Persistent => _asked.Flag("persistent");

    /// <summary>Floating-point operations that a row costs in a step, in those of a forward pass: up and down for each round, and two products for the gradient.</summary>
    public int ProductsPerRow => 3 + (2 * GibbsSteps) + (Persistent ? 1 : 0);

    /// <summary>The momentum that is set in an epoch of a layer; null for the optimizer's own.</summary>
    public float? MomentumAt(int epochOfLayer) => Optimizer.TakesMomentum && epochOfLayer < _asked.Integer("momentum_epochs") ? _asked.Single("initial_momentum") : null;

    public VisibleUnits KindOf(int layer) => layer == 0 && _asked.Text("visible") == "gaussian" ? VisibleUnits.Gaussian : VisibleUnits.Binary;

    /// <summary>The network of a layer's machine.</summary>
    public Network Machine(int layer)
        => BoltzmannSession.Machine(layers[layer].Layer.Name, layers[layer].Visible, layers[layer].Hidden, new Constant(0f), _asked.Number("weight_decay"));

    public BoltzmannOptions Options(int layer, int rows) => new()
    {
        Visible = KindOf(layer), GibbsSteps = GibbsSteps, Persistent = Persistent, SampleVisible = _asked.Flag("sample_visible"), SparsityTarget = _asked.Number("sparsity_target"),
        SparsityCost = _asked.Number("sparsity_cost"), SparsityDecay = _asked.Number("sparsity_decay"), Optimizer = Optimizer, BatchSize = Math.Min(spec.BatchSize, rows),
        Seed = spec.Seed, Stream = (uint)layer,
    };

    /// <exception cref="TrainingFailedException">The dataset is not any more what the job was checked against.</exception>
    public static BoltzmannPlan Of(JobSpec spec, IReadOnlyList<int> inputShape)
    {
        var errors = new SpecErrors();
        Network? network = NetworkBuilder.Build((ModelDefinition)spec.Model.Create(), inputShape, errors);
        Arguments asked = spec.Arguments.Object("pretrain_rbm");
        IReadOnlyList<TaughtLayer> layers = network is null ? [] : MachineStack.Of(network, asked.Texts("layers"), _ => "/model", errors);
        return network is null || errors.Any
            ? throw new TrainingFailedException($"The model can't be built: {errors.All[0].Detail}")
            : new BoltzmannPlan(spec, network, layers);
    }
}
