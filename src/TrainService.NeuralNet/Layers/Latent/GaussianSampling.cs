using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.Specification;
using TrainService.Tensors;
using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Layers.Latent;

/// <summary>
/// Draws z = m + exp(v / 2) · ε with ε standard normal, of inputs m (mean) and v (logarithm of the variance), and adds
/// weight · -½ Σ(1 + v - m² - exp v), the divergence from a standard normal, to the loss of each row. In inference z = m.
/// </summary>
/// <remarks>m, v, z: one shape. v counts as at most 20 and at least -20, so that exp stays finite. ε depends on seed, layer, step, row and place alone.</remarks>
public sealed class GaussianSampling(double klWeight) : Layer
{
    private const float Most = 20;

    private const int Group = 4;

    public static ComponentDescriptor<Layer> Descriptor { get; } = new("gaussian_sampling", a => new GaussianSampling(a.Number("kl_weight")))
    {
        Summary = "Draws from the normal distribution whose means and log-variances come in, and adds its divergence from a standard normal to the loss.",
        Advice = "Between encoder and decoder of a variational autoencoder; pretrain_autoencoder puts it there by itself. Beside a loss that is a mean over n numbers take "
            + "1 / n for the weight of the paper.",
        Source = "Kingma, Welling 2013, arXiv:1312.6114",
        Arguments = [Arg.Number("kl_weight", "Factor of the divergence in the loss of a row.", 1, min: 0)],
    };

    public override string TypeName => "gaussian_sampling";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        if (inputs.Count != 2) throw new LayerShapeException($"takes two inputs, means and log-variances, got {inputs.Count}.");
        return inputs[0] == inputs[1] ? inputs[0] : throw new LayerShapeException($"needs as many log-variances as means, got {inputs[0]} and {inputs[1]}.");
    }

    public override unsafe Value Build(LayerBuild build)
    {
        Value m = build.Compact(build.Inputs[0]), v = build.Compact(build.Inputs[1]);
        int length = checked((int)m.Shape.Size);
        bool draws = build.DropoutActive;
        uint stream = build.RandomStream;
        Value z = m with { Buffer = build.NewBuffer("sample", length) };
        PlanBuffer penalties = build.NewBuffer("divergence", ActivityPenaltyStep.RowLength);
        build.AddPenalties(penalties);
        build.Add(new RowStep("gaussian sampling", [m.Buffer, v.Buffer], [z.Buffer, penalties], (row, context, noise) =>
        {
            float* mean = m.Buffer.Row(row), variance = v.Buffer.Row(row), to = z.Buffer.Row(row);
            if (draws) Noise(context, stream, row, length, noise);
            double divergence = 0;
            for (int i = 0; i < length; i++)
            {
                float log = Math.Clamp(variance[i], -Most, Most);
                divergence -= 1 + log - ((double)mean[i] * mean[i]) - Math.Exp(log);
                to[i] = draws ? mean[i] + (MathF.Exp(log / 2) * noise[i]) : mean[i];
            }

            RowStep.End(z.Buffer, row);
            *(double*)penalties.Row(row) = klWeight * divergence / 2;
        })
        { Scratch = length + Group, Weight = 24 });
        float share = (float)(klWeight / z.Buffer.Rows);
        if (build.NeedsGradient(v)) build.MarkNeedsGradient(z);
        if (build.NeedsGradient(m)) build.MarkNeedsGradient(z);
        if (!build.NeedsGradient(z)) return z;
        build.OnBackward(() =>
        {
            // Without a user of z the divergence alone has a gradient.
            PlanBuffer? dz = build.GradientOf(z);
            if (build.NeedsGradient(v))
            {
                (PlanBuffer dv, bool accumulate) = build.GradientFor(v);
                build.Add(new RowStep("gaussian sampling' (variance)", Reads(dz, v.Buffer, dv), [dv], (row, context, noise) =>
                {
                    RowStep.Begin(dv, row, accumulate);
                    float* variance = v.Buffer.Row(row), up = dz is null ? null : dz.Row(row), to = dv.Row(row);
                    if (draws) Noise(context, stream, row, length, noise);
                    for (int i = 0; i < length; i++)
                    {
                        float log = variance[i];
                        if (log is < -Most or > Most) continue;
                        if (draws && up is not null) to[i] += up[i] * 0.5f * MathF.Exp(log / 2) * noise[i];
                        to[i] += share * 0.5f * (MathF.Exp(log) - 1);
                    }
                })
                { Scratch = length + Group, Weight = 24 });
            }

            if (!build.NeedsGradient(m)) return;
            (PlanBuffer dm, bool adds) = build.GradientFor(m);
            build.Add(new RowStep("gaussian sampling' (mean)", Reads(dz, m.Buffer, dm), [dm], (row, _, _) =>
            {
                RowStep.Begin(dm, row, adds);
                float* mean = m.Buffer.Row(row), up = dz is null ? null : dz.Row(row), to = dm.Row(row);
                for (int i = 0; i < length; i++) to[i] += (up is null ? 0 : up[i]) + (share * mean[i]);
            }));
        });
        return z;
    }

    private static PlanBuffer[] Reads(PlanBuffer? dz, params PlanBuffer[] others) => dz is null ? others : [dz, .. others];

    private static unsafe void Noise(StepContext context, uint stream, int row, int length, float* to)
    {
        PhiloxKey key = PhiloxKey.Of(context.Seed, RandomPurpose.Dropout, stream, (ulong)context.Iteration);
        ulong groups = ((ulong)length + Group - 1) / Group;
        for (ulong group = 0; group < groups; group++)
            NormalPair.Fill(new Span<float>(to + (group * Group), Group), Philox.Block(key.Key, key.High, ((ulong)row * groups) + group));
    }
}
