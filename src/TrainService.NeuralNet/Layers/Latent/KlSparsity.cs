using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Latent;

/// <summary>
/// y = x, with weight · Σ over units of KL(target ‖ q) in the loss while training: q is a unit's mean over the batch, KL(p ‖ q) = p ln(p/q) + (1-p) ln((1-p)/(1-q)).
/// Evaluation, whose batches are others, leaves it out.
/// </summary>
/// <remarks>x: any shape, numbers between 0 and 1; q counts as at least 1e-6 and at most 1 - 1e-6.</remarks>
public sealed class KlSparsity(double target, double weight) : Layer
{
    private const double Least = 1e-6;

    public static ComponentDescriptor<Layer> Descriptor { get; } = new("kl_sparsity", a => new KlSparsity(a.Number("target"), a.Number("weight")))
    {
        Summary = "Hands its input on, and draws each unit's mean over the batch to a target while training.",
        Advice = "For sparse codes, behind sigmoid units: target 0.05 to 0.1. It presses harder than l1 on units that are far too active, and lets none die. Batches of 32 or more.",
        Source = "Lee, Ekanadham, Ng 2008, Sparse deep belief net model for visual area V2; Ng, CS294A lecture notes",
        Arguments =
        [
            Arg.Number("target", "The mean that each unit should have.", 0.1, min: 0, max: 1, minExclusive: true, maxExclusive: true),
            Arg.Number("weight", "Factor of the divergence in the loss.", 0.05, min: 0),
        ],
    };

    public override string TypeName => "kl_sparsity";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs) => Single(inputs);

    public override Value Build(LayerBuild build)
    {
        Value x = build.Input;
        // The penalty is training's own, so the layer is not to be taken for one that does nothing.
        if (weight == 0 || !build.DropoutActive || !build.Backward) return x;
        x = build.Compact(x);
        PlanBuffer penalties = build.NewBuffer("sparsity", ActivityPenaltyStep.RowLength), slopes = build.NewMatrix("slopes", 1, x.Buffer.RowLength);
        build.AddPenalties(penalties);
        build.Add(new SparsityStep(x, penalties, slopes, target, weight));
        if (!build.NeedsGradient(x)) return x;
        build.OnBackward(() =>
        {
            (PlanBuffer dx, bool accumulate) = build.GradientFor(x);
            build.Add(SparsityStep.Back(dx, slopes, accumulate));
        });
        return x;
    }

    /// <summary>The divergence and its slope in each unit's mean. One block: every row bears on it, and sums stay in row order.</summary>
    private sealed unsafe class SparsityStep(Value x, PlanBuffer penalties, PlanBuffer slopes, double target, double weight) : PlanStep
    {
        public override Domains Domains => Domains.Own;

        public override IReadOnlyList<Touch> Reads { get; } = [new(x.Buffer, Access.All)];

        public override IReadOnlyList<Touch> Writes { get; } = [new(penalties, Access.All), new(slopes, Access.All)];

        public override double Cost => x.Buffer.Length;

        public override void Run(in Block block, StepContext context)
        {
            int rows = x.Buffer.Rows, length = x.Buffer.RowLength;
            float* slope = slopes.Row(0);
            double divergence = 0;
            for (int i = 0; i < length; i++)
            {
                double sum = 0;
                for (int r = 0; r < rows; r++) sum += x.Buffer.Row(r)[i];
                double mean = sum / rows, q = Math.Clamp(mean, Least, 1 - Least);
                divergence += (target * Math.Log(target / q)) + ((1 - target) * Math.Log((1 - target) / (1 - q)));
                slope[i] = (float)(weight / rows * (((1 - target) / (1 - q)) - (target / q)));
            }

            // The mean over the rows is the penalty of the batch.
            for (int r = 0; r < rows; r++) *(double*)penalties.Row(r) = weight * divergence;
        }

        public override string ToString() => "kl sparsity";

        public static RowStep Back(PlanBuffer dx, PlanBuffer slopes, bool accumulate) => new("kl sparsity'", [dx], [dx], (row, _, _) =>
        {
            RowStep.Begin(dx, row, accumulate);
            float* to = dx.Row(row), slope = slopes.Row(0);
            for (int i = 0; i < dx.RowLength; i++) to[i] += slope[i];
        })
        { Whole = [slopes] };
    }
}
