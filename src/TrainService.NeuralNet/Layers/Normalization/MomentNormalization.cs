using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Normalization;

/// <summary>γ and β of a normalization, under Keras's names.</summary>
internal sealed record ScaleAndShift(bool Center, bool Scale, Initializer Gamma, Initializer Beta, TensorRules GammaRules, TensorRules BetaRules)
{
    public static IReadOnlyList<ArgumentSpec> Arguments { get; } =
    [
        Arg.Flag("center", "Learn beta.", true),
        Arg.Flag("scale", "Learn gamma.", true),
        Arg.Component("gamma_initializer", "initializer", "Start values of the scale.", "ones"),
        Arg.Component("beta_initializer", "initializer", "Start values of the shift.", "zeros"),
        .. TensorRules.Arguments("gamma", "the scale"),
        .. TensorRules.Arguments("beta", "the shift"),
    ];

    public static ScaleAndShift From(Arguments a) => new(a.Flag("center"), a.Flag("scale"), a.Component<Initializer>("gamma_initializer"),
        a.Component<Initializer>("beta_initializer"), TensorRules.From(a, "gamma"), TensorRules.From(a, "beta"));

    public IReadOnlyList<ParameterSpec> Specs(Shape shape)
    {
        List<ParameterSpec> specs = [];
        if (Scale) specs.Add(GammaRules.On(new("gamma", shape, Gamma, true, ParameterLayout.Flat)));
        if (Center) specs.Add(BetaRules.On(new("beta", shape, Beta, true, ParameterLayout.Flat)));
        return specs;
    }
}

/// <summary>The steps of y = γ · (x - mean) / √(variance + ε) + β with the moments of any groups of a sample's numbers, summed in double.</summary>
internal static unsafe class MomentNormalization
{
    public static Value Build(LayerBuild build, MomentGroups groups, ScaleAndShift ends, float epsilon)
    {
        Value x = build.Compact(build.Input), y = x with { Buffer = build.NewBuffer("output", x.Buffer.RowLength) };
        Parameter? gamma = ends.Scale ? build.Parameter("gamma") : null, beta = ends.Center ? build.Parameter("beta") : null;
        float* scale = gamma is null ? null : gamma.Values, shift = beta is null ? null : beta.Values;
        PlanBuffer[] whole = [.. new[] { gamma, beta }.OfType<Parameter>().Select(build.BufferOf)];
        PlanBuffer hat = build.NewBuffer("normalized", x.Buffer.RowLength), statistics = build.NewBuffer("statistics", groups.Members.Length);
        build.Add(new RowStep("normalize groups", [x.Buffer], [y.Buffer, hat, statistics], (row, _, _) =>
        {
            float* from = x.Buffer.Row(row), normalized = hat.Row(row), to = y.Buffer.Row(row);
            for (int g = 0; g < groups.Members.Length; g++)
            {
                int[] members = groups.Members[g], parameters = groups.Parameters[g];
                double mean = 0, variance = 0;
                foreach (int i in members) mean += from[i];
                mean /= members.Length;
                foreach (int i in members) variance += (from[i] - mean) * (from[i] - mean);
                double inverse = 1 / Math.Sqrt((variance / members.Length) + epsilon);
                statistics.Row(row)[g] = (float)inverse;
                for (int k = 0; k < members.Length; k++)
                {
                    int i = members[k];
                    normalized[i] = (float)((from[i] - mean) * inverse);
                    to[i] = (normalized[i] * (scale == null ? 1 : scale[parameters[k]])) + (shift == null ? 0 : shift[parameters[k]]);
                }
            }

            RowStep.End(y.Buffer, row);
        })
        { Whole = whole, Weight = 6 });
        bool learns = build.Training && whole.Length > 0;
        if (!learns && !build.NeedsGradient(x)) return y;
        build.MarkNeedsGradient(y);
        build.OnBackward(() =>
        {
            if (build.GradientOf(y) is not { } dy) return;
            if (build.NeedsGradient(x))
            {
                (PlanBuffer dx, bool accumulate) = build.GradientFor(x);
                // With h = dy · γ: dx = (h - mean(h) - x̂ · mean(h · x̂)) / √(variance + ε).
                build.Add(new RowStep("normalize groups'", [dy, hat, statistics, dx], [dx], (row, _, _) =>
                {
                    RowStep.Begin(dx, row, accumulate);
                    float* gradient = dy.Row(row), normalized = hat.Row(row), to = dx.Row(row);
                    for (int g = 0; g < groups.Members.Length; g++)
                    {
                        int[] members = groups.Members[g], parameters = groups.Parameters[g];
                        double mean = 0, slope = 0;
                        for (int k = 0; k < members.Length; k++)
                        {
                            double h = gradient[members[k]] * (scale == null ? 1.0 : scale[parameters[k]]);
                            mean += h;
                            slope += h * normalized[members[k]];
                        }

                        mean /= members.Length;
                        slope /= members.Length;
                        for (int k = 0; k < members.Length; k++)
                        {
                            int i = members[k];
                            to[i] += (float)(((gradient[i] * (scale == null ? 1.0 : scale[parameters[k]])) - mean - (normalized[i] * slope)) * statistics.Row(row)[g]);
                        }
                    }
                })
                { Whole = whole, Weight = 6 });
            }

            if (!learns) return;
            if (gamma is not null) build.Add(new VectorGradientStep(build, gamma, [dy, hat], index => Sum(groups.Places[index], dy, hat)));
            if (beta is not null) build.Add(new VectorGradientStep(build, beta, [dy], index => Sum(groups.Places[index], dy, null)));
        });
        return y;
    }

    private static double Sum(int[] places, PlanBuffer dy, PlanBuffer? factor)
    {
        double sum = 0;
        for (int row = 0; row < dy.Rows; row++)
            foreach (int place in places)
                sum += dy.Row(row)[place] * (factor is null ? 1.0 : factor.Row(row)[place]);
        return sum;
    }
}
